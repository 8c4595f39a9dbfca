# What the library is built with besides LibTorch; docs/dependencies.md says why each part is there.
find_package(fmt 9 REQUIRED)
find_package(spdlog REQUIRED)
find_package(nlohmann_json 3.10 REQUIRED)
find_package(PNG REQUIRED)
find_package(ZLIB REQUIRED)
find_package(Eigen3 3.4 REQUIRED NO_MODULE)
find_package(nanoflann REQUIRED)
find_package(Threads REQUIRED)
include(SemblanceXgboost)

if(TARGET semblance::xgboost)
  option(SEMBLANCE_XGBOOST "Boosted-tree judges through XGBoost's C API" ON)
else()
  option(SEMBLANCE_XGBOOST "Boosted-tree judges through XGBoost's C API" OFF)
endif()
if(SEMBLANCE_XGBOOST AND NOT TARGET semblance::xgboost)
  message(FATAL_ERROR "SEMBLANCE_XGBOOST is ON and XGBoost was not found. Install libxgboost-dev, "
                      "or configure with -D SEMBLANCE_XGBOOST=OFF (the linear and MLP judges remain).")
endif()

# Torch's folder carries its own fmt; ours must be found before it. Build tree only: nothing is exported.
find_path(SEMBLANCE_FMT_INCLUDE fmt/core.h NO_CMAKE_FIND_ROOT_PATH PATHS /usr/include NO_DEFAULT_PATH)
if(NOT SEMBLANCE_FMT_INCLUDE)
  get_target_property(SEMBLANCE_FMT_INCLUDE fmt::fmt INTERFACE_INCLUDE_DIRECTORIES)
endif()
file(MAKE_DIRECTORY "${PROJECT_BINARY_DIR}/fmt-first")
file(CREATE_LINK "${SEMBLANCE_FMT_INCLUDE}/fmt" "${PROJECT_BINARY_DIR}/fmt-first/fmt" SYMBOLIC)
