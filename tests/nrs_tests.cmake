# SPDX-License-Identifier: Apache-2.0
# nrs_test(NAME LIBRARY...): a cmocka program test_NAME.c of this folder, which
# ctest knows as FOLDER/test_NAME. nrs_fuzz(NAME LIBRARY...): fuzz_NAME.c, as a
# libFuzzer program with NRS_FUZZ, and always as a replay of its corpus.
# nrs_threaded(NAME...): those of this folder's tests that run threads: ./dev
# test builds and runs them under ThreadSanitizer too.
function(nrs_test name)
  get_filename_component(room ${CMAKE_CURRENT_SOURCE_DIR} NAME)
  set(target test_${room}_${name})
  add_executable(${target} test_${name}.c)
  target_link_libraries(${target} PRIVATE ${ARGN} nrs_house PkgConfig::CMOCKA)
  add_test(NAME ${room}/test_${name} COMMAND ${target})
  set_tests_properties(${room}/test_${name} PROPERTIES
    SKIP_RETURN_CODE 77 TIMEOUT 300
    ENVIRONMENT "NRS_SOURCE_DIR=${PROJECT_SOURCE_DIR};NRS_BINARY_DIR=${PROJECT_BINARY_DIR}")
endfunction()

function(nrs_threaded)
  get_filename_component(room ${CMAKE_CURRENT_SOURCE_DIR} NAME)
  foreach(name ${ARGN})
    set_tests_properties(${room}/test_${name} PROPERTIES LABELS threads)
    add_dependencies(threaded test_${room}_${name})
  endforeach()
endfunction()

function(nrs_fuzz name)
  add_executable(replay_${name} fuzz_${name}.c replay.c)
  target_link_libraries(replay_${name} PRIVATE ${ARGN} nrs_house)
  add_test(NAME fuzz/replay_${name}
    COMMAND replay_${name} ${CMAKE_CURRENT_SOURCE_DIR}/corpus/${name})
  set_tests_properties(fuzz/replay_${name} PROPERTIES TIMEOUT 300)
  if(NRS_FUZZ)
    add_executable(fuzz_${name} fuzz_${name}.c)
    target_link_libraries(fuzz_${name} PRIVATE ${ARGN} nrs_house)
    target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
  endif()
endfunction()
