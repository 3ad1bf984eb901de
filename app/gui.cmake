# The watches of one cluster: Qt's objects and threads, no widgets.
add_library(berth_cluster_feed STATIC cluster_feed.cpp cluster_feed.h cluster_feed_devices.cpp)
add_library(berth::cluster_feed ALIAS berth_cluster_feed)
set_target_properties(berth_cluster_feed PROPERTIES AUTOMOC ON)
target_link_libraries(berth_cluster_feed PUBLIC berth::cluster_reader berth::kube berth::cluster Qt6::Core)
target_compile_definitions(berth_cluster_feed PUBLIC QT_NO_KEYWORDS)

# The window. Everything but main() is a library, so that tests can link it.
add_library(berth_app STATIC
  application.cpp application.h application_cluster.cpp application_intents.cpp application_manifests.cpp
  application_capacity.cpp application_learning.cpp application_places.cpp application_plan.cpp
  application_probes.cpp application_sets.cpp
  benchmark_rows.cpp benchmark_rows.h
  command_line.cpp command_line.h
  command_queue.cpp command_queue.h
  context_check.cpp context_check.h
  geometry_report.cpp geometry_report.h
  latest_job.cpp latest_job.h
  optimise_job.cpp optimise_job.h
  probe_desk.cpp probe_desk.h
  server_answers.cpp server_answers.h
  settings.cpp settings.h)
add_library(berth::app ALIAS berth_app)
set_target_properties(berth_app PROPERTIES AUTOMOC ON)
target_link_libraries(berth_app PUBLIC berth::cluster_feed berth::ui berth::history berth::kube berth::probe_collector berth::cluster_reader berth::demo_cluster CLI11::CLI11)
target_compile_definitions(berth_app PUBLIC QT_NO_KEYWORDS)

add_executable(berth main.cpp)
target_link_libraries(berth PRIVATE berth::app)
