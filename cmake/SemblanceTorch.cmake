# Defines semblance::torch. Installed beside the config file and included by it, so that the exported
# target names semblance::torch and never a path on the building machine.
if(TARGET semblance::torch)
  return()
endif()

# The CMake folder of the torch package that some Python can import, or empty.
function(_semblance_python_torch out)
  set(${out} "" PARENT_SCOPE)
  set(venv "$ENV{VIRTUAL_ENV}/bin/python3")
  set(own "${PROJECT_SOURCE_DIR}/.venv/bin/python3")
  foreach(python IN ITEMS "${SEMBLANCE_PYTHON}" "${venv}" "${own}" python3 python)
    if(python STREQUAL "" OR python STREQUAL "/bin/python3")
      continue()
    endif()
    execute_process(
      COMMAND "${python}" -c "import torch.utils as u; print(u.cmake_prefix_path)"
      OUTPUT_VARIABLE prefix OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE failed)
    if(NOT failed AND EXISTS "${prefix}/Torch/TorchConfig.cmake")
      set(${out} "${prefix}" PARENT_SCOPE)
      return()
    endif()
  endforeach()
endfunction()

# CMAKE_PREFIX_PATH or Torch_DIR win; the torch of a Python environment is the fallback.
block(PROPAGATE Torch_FOUND Torch_VERSION TORCH_INCLUDE_DIRS)
  set(CMAKE_MESSAGE_LOG_LEVEL ERROR)  # the wheel's config warns about a kineto nobody needs
  find_package(Torch 2 QUIET GLOBAL)
  if(NOT Torch_FOUND)
    _semblance_python_torch(prefix)
    find_package(Torch 2 QUIET GLOBAL PATHS "${prefix}" NO_DEFAULT_PATH)
  endif()
endblock()
if(NOT Torch_FOUND)
  message(FATAL_ERROR
    "semblance needs LibTorch 2.11 to 2.13 and found none. Any one of these helps:\n"
    "  scripts/bootstrap.sh                         (installs it into the project's own environment)\n"
    "  pip install torch                            (and configure again in that environment)\n"
    "  cmake -D SEMBLANCE_PYTHON=<python>           (a Python that has torch)\n"
    "  cmake -D CMAKE_PREFIX_PATH=<libtorch folder>")
endif()

add_library(semblance::torch INTERFACE IMPORTED GLOBAL)
target_link_libraries(semblance::torch INTERFACE torch c10)
target_include_directories(semblance::torch SYSTEM INTERFACE ${TORCH_INCLUDE_DIRS})
target_compile_definitions(semblance::torch INTERFACE AT_PER_OPERATOR_HEADERS)
