# SPDX-License-Identifier: Apache-2.0
# The Debian package: `./dev package` (cpack). What it installs is what every
# install() says; what runs around that stands in dist/debian.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME noroshi)
set(CPACK_PACKAGE_VENDOR noroshi)
set(CPACK_PACKAGE_CONTACT "noroshi maintainers <maintainers@noroshi.example>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY ${PROJECT_DESCRIPTION})
set(CPACK_PACKAGE_DESCRIPTION
  "noroshi compiles indicators that a community shares (STIX 2 by TAXII, MISP,
lists) into one set, matches live or recorded traffic against them, and tells
an audience about its sightings under rules of marking and release.")
# Absolute: an edited configuration is where the service looks for it.
set(CPACK_SET_DESTDIR ON)
set(CPACK_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
# For the user, of whichever package has it.
set(CPACK_DEBIAN_PACKAGE_DEPENDS "systemd | systemd-standalone-sysusers")
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "ca-certificates")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
foreach(file conffiles postinst postrm prerm)
  list(APPEND CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA
    ${PROJECT_SOURCE_DIR}/dist/debian/${file})
endforeach()
include(CPack)
