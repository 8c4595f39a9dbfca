# What `cmake --install` lays down: library, headers, CMake package, the command, licence and docs.
# The exported files name targets, never a path on the building machine; packaging.relocatable checks it.
include(CMakePackageConfigHelpers)

set(SEMBLANCE_INSTALL_CMAKEDIR "${CMAKE_INSTALL_LIBDIR}/cmake/semblance")

install(TARGETS semblance EXPORT semblanceTargets FILE_SET HEADERS)
install(EXPORT semblanceTargets NAMESPACE semblance:: DESTINATION "${SEMBLANCE_INSTALL_CMAKEDIR}")

get_target_property(SEMBLANCE_LIBRARY_TYPE semblance TYPE)  # read by semblanceConfig.cmake.in
configure_package_config_file(
  "${PROJECT_SOURCE_DIR}/cmake/semblanceConfig.cmake.in" "${PROJECT_BINARY_DIR}/semblanceConfig.cmake"
  INSTALL_DESTINATION "${SEMBLANCE_INSTALL_CMAKEDIR}" NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file("${PROJECT_BINARY_DIR}/semblanceConfigVersion.cmake"
                                 COMPATIBILITY SameMinorVersion)
install(FILES
  "${PROJECT_BINARY_DIR}/semblanceConfig.cmake"
  "${PROJECT_BINARY_DIR}/semblanceConfigVersion.cmake"
  "${PROJECT_SOURCE_DIR}/cmake/SemblanceTorch.cmake"
  "${PROJECT_SOURCE_DIR}/cmake/SemblanceXgboost.cmake"
  DESTINATION "${SEMBLANCE_INSTALL_CMAKEDIR}")

if(TARGET semblance_command)
  # LibTorch stays where it was found; a shared libsemblance is found beside the command.
  set_target_properties(semblance_command PROPERTIES
    INSTALL_RPATH "$ORIGIN/../${CMAKE_INSTALL_LIBDIR}" INSTALL_RPATH_USE_LINK_PATH ON)
  install(TARGETS semblance_command)
endif()
if(SEMBLANCE_LIBRARY_TYPE STREQUAL "SHARED_LIBRARY")
  set_target_properties(semblance PROPERTIES INSTALL_RPATH_USE_LINK_PATH ON)
endif()

install(FILES LICENSE README.md CHANGELOG.md CITATION.cff DESTINATION "${CMAKE_INSTALL_DOCDIR}")
install(DIRECTORY docs/ DESTINATION "${CMAKE_INSTALL_DOCDIR}" FILES_MATCHING PATTERN "*.md")
