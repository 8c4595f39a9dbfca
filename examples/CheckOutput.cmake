# A program prints what is recorded: cmake -Dprogram=... -Dexpected=... -P this.
execute_process(COMMAND "${program}" OUTPUT_VARIABLE printed ERROR_VARIABLE errors RESULT_VARIABLE failed)
if(failed)
  message(FATAL_ERROR "${program} failed: ${failed}\n${errors}")
endif()
file(READ "${expected}" recorded)
if(NOT printed STREQUAL recorded)
  message(FATAL_ERROR "${program} printed\n${printed}and ${expected} has\n${recorded}")
endif()
