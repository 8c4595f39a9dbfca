# Defines semblance::xgboost where XGBoost's C API is found. Debian's package ships a CMake config whose
# targets file is missing, so headers and library are looked up by name. Installed beside the config file.
if(NOT TARGET semblance::xgboost)
  find_path(XGBOOST_INCLUDE_DIR xgboost/c_api.h)
  find_library(XGBOOST_LIBRARY xgboost)
  mark_as_advanced(XGBOOST_INCLUDE_DIR XGBOOST_LIBRARY)
  if(XGBOOST_INCLUDE_DIR AND XGBOOST_LIBRARY)
    add_library(semblance::xgboost UNKNOWN IMPORTED GLOBAL)
    set_target_properties(semblance::xgboost PROPERTIES
      IMPORTED_LOCATION "${XGBOOST_LIBRARY}" INTERFACE_INCLUDE_DIRECTORIES "${XGBOOST_INCLUDE_DIR}")
  endif()
endif()
