# Fails when a source file includes a folder its layer may not see.
# Run by ctest as: cmake -DROOT=<source dir> -P layering_test.cmake
set(rules
  "core/base: core/base"
  "core/http: core/base core/http"
  "core/kube: core/base core/http core/kube"
  "core/scheduling: core/base core/scheduling"
  "core/catalog: core/base core/catalog"
  "core/inventory: core/base core/catalog core/scheduling core/inventory"
  "core/cluster: core/base core/catalog core/scheduling core/inventory core/cluster"
  "core/sizing: core/base core/catalog core/sizing"
  "core/images: core/base core/catalog core/scheduling core/inventory core/images"
  "core/fit: core/base core/catalog core/scheduling core/inventory core/cluster core/sizing core/images core/fit"
  "core/placement: core/base core/catalog core/scheduling core/inventory core/cluster core/sizing core/images core/fit core/placement"
  "core/manifests: core/base core/catalog core/scheduling core/inventory core/cluster core/sizing core/images core/fit core/placement core/manifests"
  "core/probe_report: core/base core/catalog core/probe_report"
  "core/history: core/base core/catalog core/scheduling core/inventory core/cluster core/sizing core/probe_report core/history"
  "probes: core/base core/probe_report probes"
  "ui: core ui"
  "app: core ui app")

foreach(rule IN LISTS rules)
  string(REGEX MATCH "^([^:]+): (.+)$" _ "${rule}")
  set(folder "${CMAKE_MATCH_1}")
  string(REPLACE " " "|" allowed "${CMAKE_MATCH_2}")
  file(GLOB_RECURSE sources "${ROOT}/${folder}/*.h" "${ROOT}/${folder}/*.cpp")
  foreach(source IN LISTS sources)
    file(STRINGS "${source}" includes REGEX "^#include \"")
    foreach(include IN LISTS includes)
      if(NOT include MATCHES "^#include \"(${allowed})/")
        file(RELATIVE_PATH shown "${ROOT}" "${source}")
        message(SEND_ERROR "${shown}: ${include} (allowed: ${allowed})")
      endif()
    endforeach()
    # What no layer below app may do: read settings, open sockets from ui, or know Qt in core.
    if(folder STREQUAL "ui")
      file(STRINGS "${source}" forbidden REGEX "#include <(curl/|nlohmann/|QSettings|QProcess|QNetwork|thread>)")
    elseif(folder MATCHES "^core/")
      file(STRINGS "${source}" forbidden REGEX "#include <Q")
    else()
      set(forbidden "")
    endif()
    if(forbidden)
      file(RELATIVE_PATH shown "${ROOT}" "${source}")
      message(SEND_ERROR "${shown}: ${forbidden} does not belong in this layer")
    endif()
  endforeach()
endforeach()
