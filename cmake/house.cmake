# SPDX-License-Identifier: Apache-2.0
# nrs_house: the warnings, the root include path and the flags that every
# target of ours carries. Nothing is set globally.
set(CMAKE_VERIFY_INTERFACE_HEADER_SETS ON)

add_library(nrs_house INTERFACE)
target_include_directories(nrs_house INTERFACE
  $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>)
target_compile_features(nrs_house INTERFACE c_std_11)
# -std=c11 alone breaks pcap.h: ask libc for its whole interface.
target_compile_definitions(nrs_house INTERFACE _GNU_SOURCE)
target_compile_options(nrs_house INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes
  -Wmissing-prototypes -Wvla -fno-strict-aliasing)

if(NRS_SANITIZE)
  target_compile_options(nrs_house INTERFACE
    -fsanitize=${NRS_SANITIZE} -fno-sanitize-recover=all
    -fno-omit-frame-pointer)
  target_link_options(nrs_house INTERFACE -fsanitize=${NRS_SANITIZE})
endif()

if(NRS_HARDEN)
  target_compile_options(nrs_house INTERFACE
    -flto=auto -ffat-lto-objects -fstack-protector-strong
    -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
  target_link_options(nrs_house INTERFACE
    -flto=auto -Wl,-z,relro -Wl,-z,now)
endif()
