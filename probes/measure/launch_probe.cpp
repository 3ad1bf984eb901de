// SPDX-License-Identifier: GPL-3.0-or-later
#include "probes/measure/probes.h"

namespace probe {

// An empty kernel: launch and wait, and launches one after another. Host clock, because the host is what is measured.
void measureLaunch(Session &session)
{
    auto word = Buffer::make(session.device, 4096);
    if (!word)
        return;
    const Grid one = {1, 1};
    const auto launch = [&] { run(session, "pk_nothing", one, {word->argument()}); };
    launch();
    session.device.finish();
    std::vector<double> trips;
    const int count = session.profile.samples * 10 + 20;
    for (int i = 0; i < count && session.goesOn(); i++) {
        const double from = secondsNow();
        launch();
        session.device.finish();
        trips.push_back((secondsNow() - from) * 1e3);
    }
    const Timing timing = timingOf(std::move(trips));
    session.publish({.probe = "launch",
                     .name = "roundtrip",
                     .value = timing.medianMs * 1e3,
                     .unit = "us",
                     .counts = "launch and wait",
                     .timing = timing});
    const int burst = 1000;
    const double from = secondsNow();
    for (int i = 0; i < burst && session.goesOn(); i++)
        launch();
    session.device.finish();
    session.publish({.probe = "launch",
                     .name = "back_to_back",
                     .value = (secondsNow() - from) * 1e6 / burst,
                     .unit = "us",
                     .counts = "1000 launches over 1000"});
}

} // namespace probe
