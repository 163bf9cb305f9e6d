# Everything that all targets share: one INTERFACE target with the standard, the warnings and Qt's strict macros.

set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_AUTOMOC ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

add_library(packmule_options INTERFACE)
target_compile_features(packmule_options INTERFACE cxx_std_23)
target_include_directories(packmule_options INTERFACE "${CMAKE_SOURCE_DIR}")
# Not in tests: Qt 6.8's QTRY_ macros narrow a duration's count to int.
target_compile_options(packmule_options INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow $<$<NOT:$<BOOL:$<TARGET_PROPERTY:PACKMULE_IS_TEST>>>:-Wconversion> -Wnon-virtual-dtor -Woverloaded-virtual -Wold-style-cast
    -Werror=switch -Werror=return-type
    $<$<BOOL:${PACKMULE_WERROR}>:-Werror>)
target_compile_definitions(packmule_options INTERFACE
    PACKMULE_VERSION="${PROJECT_VERSION}"
    QT_NO_CAST_FROM_ASCII QT_NO_CAST_TO_ASCII QT_NO_URL_CAST_FROM_STRING QT_NO_CAST_FROM_BYTEARRAY
    QT_NO_FOREACH QT_NO_KEYWORDS QT_NO_NARROWING_CONVERSIONS_IN_CONNECT QT_NO_CONTEXTLESS_CONNECT
    QT_USE_QSTRINGBUILDER QT_DISABLE_DEPRECATED_UP_TO=0x060800
    $<$<BOOL:${PACKMULE_TESTS}>:PACKMULE_CRASH_POINTS>)

if(PACKMULE_SANITIZE)
    target_compile_options(packmule_options INTERFACE
        -fsanitize=${PACKMULE_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
    target_link_options(packmule_options INTERFACE -fsanitize=${PACKMULE_SANITIZE})
    # Link order: tests put libfaketime before the program.
    set(PACKMULE_SANITIZER_ENVIRONMENT
        "ASAN_OPTIONS=verify_asan_link_order=0;TSAN_OPTIONS=suppressions=${CMAKE_CURRENT_LIST_DIR}/../tests/sanitizers/tsan.supp;LSAN_OPTIONS=suppressions=${CMAKE_CURRENT_LIST_DIR}/../tests/sanitizers/lsan.supp:print_suppressions=0")
endif()

# What (nearly) everybody includes.
set(PACKMULE_COMMON_HEADERS
    <QByteArray> <QByteArrayView> <QHash> <QIODevice> <QJsonDocument> <QJsonObject> <QList> <QObject> <QString> <QStringList>
    <algorithm> <chrono> <expected> <functional> <map> <memory> <optional> <set> <utility> <variant> <vector>)

# packmule_precompile(NAME [FOR group HEADERS … LIBRARIES …]): the common headers, compiled once for all (a third of the time
# for a file); or those and HEADERS, once for each group. Off in the release preset, so that a missing include is found there.
function(packmule_precompile name)
    cmake_parse_arguments(ARG "" "FOR" "HEADERS;LIBRARIES" ${ARGN})
    if(NOT PACKMULE_PCH)
        return()
    endif()
    set(precompiled packmule_precompiled)
    if(ARG_FOR)
        set(precompiled packmule_precompiled_${ARG_FOR})
    endif()
    if(NOT TARGET ${precompiled})
        file(WRITE "${CMAKE_BINARY_DIR}/precompiled.cpp" "")
        add_library(${precompiled} STATIC "${CMAKE_BINARY_DIR}/precompiled.cpp")
        target_link_libraries(${precompiled} PRIVATE packmule_options Qt6::Core ${ARG_LIBRARIES})
        target_precompile_headers(${precompiled} PRIVATE ${PACKMULE_COMMON_HEADERS} ${ARG_HEADERS})
        set_target_properties(${precompiled} PROPERTIES AUTOMOC OFF UNITY_BUILD OFF)
    endif()
    # One code model for programs and libraries, else the programs could not use it.
    set_target_properties(${name} PROPERTIES POSITION_INDEPENDENT_CODE OFF)
    target_compile_options(${name} PRIVATE -fPIC)
    target_precompile_headers(${name} REUSE_FROM ${precompiled})
endfunction()

# packmule_library(NAME SOURCES … [PUBLIC …] [PRIVATE …] [PRECOMPILE header…]): a static library of one folder. PRECOMPILE:
# heavy headers of its own.
function(packmule_library name)
    cmake_parse_arguments(ARG "" "" "SOURCES;PUBLIC;PRIVATE;PRECOMPILE" ${ARGN})
    if(NOT ARG_SOURCES)
        add_library(${name} INTERFACE)
        target_link_libraries(${name} INTERFACE packmule_options ${ARG_PUBLIC} ${ARG_PRIVATE})
        return()
    endif()
    add_library(${name} STATIC ${ARG_SOURCES})
    target_link_libraries(${name} PUBLIC packmule_options ${ARG_PUBLIC} PRIVATE ${ARG_PRIVATE})
    if(ARG_PRECOMPILE)
        packmule_precompile(${name} FOR ${name} HEADERS ${ARG_PRECOMPILE} LIBRARIES ${ARG_PUBLIC})
    else()
        packmule_precompile(${name})
    endif()
endfunction()

# packmule_test(NAME SOURCES … LIBRARIES … LABEL fast|protocol|real|slow [TIMEOUT seconds] [RUN_SERIAL] [THREADS]):
# a QtTest program that is one ctest entry. THREADS: our code runs on several threads here, so that the preset tsan has
# something to look at.
add_custom_target(packmule_thread_tests COMMENT "What the preset tsan runs")
function(packmule_test name)
    cmake_parse_arguments(ARG "RUN_SERIAL;THREADS" "LABEL;TIMEOUT" "SOURCES;LIBRARIES" ${ARGN})
    if(NOT ARG_LABEL)
        message(FATAL_ERROR "packmule_test(${name}): LABEL fast, protocol, real or slow is missing")
    endif()
    if(NOT ARG_TIMEOUT)
        set(ARG_TIMEOUT 120)
    endif()
    add_executable(${name} ${ARG_SOURCES})
    set_target_properties(${name} PROPERTIES PACKMULE_IS_TEST ON UNITY_BUILD OFF)
    target_link_libraries(${name} PRIVATE packmule_options Qt6::Test ${ARG_LIBRARIES})
    packmule_precompile(${name})
    add_test(NAME ${name} COMMAND ${name})
    if(ARG_THREADS)
        list(APPEND ARG_LABEL threads)
        add_dependencies(packmule_thread_tests ${name})
    endif()
    # Qt's fonts, fontconfig and D-Bus keep what they once took: leaks are looked for below the window only.
    set(sanitizers "${PACKMULE_SANITIZER_ENVIRONMENT}")
    if(ARG_LIBRARIES MATCHES "packmule_(ui|gui_app|desktop)")
        string(REPLACE "ASAN_OPTIONS=" "ASAN_OPTIONS=detect_leaks=0:" sanitizers "${sanitizers}")
    endif()
    set_tests_properties(${name} PROPERTIES LABELS "${ARG_LABEL}" TIMEOUT ${ARG_TIMEOUT}
        ENVIRONMENT "QT_QPA_PLATFORM=offscreen;QT_LOGGING_RULES=packmule.*=false;${sanitizers}" RUN_SERIAL ${ARG_RUN_SERIAL})
endfunction()
