// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/probe_commands.h"
#include "app/ctl/validators.h"

#include <memory>

namespace app::ctl {

namespace {

using Run = Answer (*)(const GlobalOptions &, const ProbeOptions &);

/// Where the commands of `probe` and `bench` are put together; they share one set of options.
struct ProbeProgram {
    const GlobalOptions &global;
    std::function<Answer()> &command;
    std::shared_ptr<ProbeOptions> options = std::make_shared<ProbeOptions>();

    CLI::App *add(CLI::App &group, const char *name, const char *help, Run run) const
    {
        auto *one = group.add_subcommand(name, help);
        one->add_option("--history", options->history,
                        "history file (default: berth/history.sqlite in the XDG data folder)");
        one->callback([global = &global, command = &command, options = options, run] {
            *command = [global, options, run] { return run(*global, *options); };
        });
        return one;
    }
    void addCardFilter(CLI::App &one) const
    {
        one.add_option("--host", options->host, "only cards of this host or node");
        one.add_option("--card", options->card, "only this card: its UUID, or host/PCI address");
    }
    void addRunning(CLI::App &group) const
    {
        auto *run = add(group, "run", "measure the GPUs of this machine and judge what was measured", runProbeRun);
        run->add_option("--profile", options->profile, "quick, standard, soak or ci")
            ->check(CLI::IsMember({"quick", "standard", "soak", "ci"}));
        run->add_option("--device", options->device, "cuda:0, a PCI address or a UUID (default: every GPU)");
        run->add_option("--probe", options->probes, "only these probes")->delimiter(',');
        run->add_option("--expect", options->expect, "a file of expected figures, judged by berth-probe itself");
        run->add_option("--program", options->program, "another berth-probe than the one beside this program");
        run->add_flag("--no-second-look", options->noSecondLook, "do not measure again what was slow once");
        add(group, "list", "list the GPUs of this machine, or say why there are none", runProbeList)
            ->add_option("--program", options->program, "another berth-probe than the one beside this program");
    }
    void addHistory(CLI::App &group) const
    {
        auto *history = add(group, "history", "list what was measured, the newest first", runProbeHistory);
        addCardFilter(*history);
        history->add_option("--most", options->most, "of these at most")->check(aboveZero());
        auto *show =
            add(group, "show", "the last run of a card with every figure beside what it should be", runProbeShow);
        show->add_option("card", options->card, "its UUID, or host/PCI address");
        show->add_option("--host", options->host, "only cards of this host or node");
        addCardFilter(*add(group, "verdict", "the verdict of every card by its last run", runProbeVerdict));
        add(group, "export", "write the history as JSON lines", runProbeExport)
            ->add_option("--out", options->file, "a file (default: standard output)");
        auto *import = add(group, "import", "take an exported history, or what berth-probe printed", runProbeImport);
        import->add_option("file", options->file, "JSON lines")->required();
        import->add_option("--host", options->host, "the machine berth-probe ran on, when its own name is not it");
        auto *gone =
            add(group, "void", "what was measured until now is no longer true of a host or a card", runProbeVoid);
        gone->add_option("--host", options->host, "host or node")->required();
        gone->add_option("--card", options->card, "only this card");
        gone->add_option("--reason", options->reason, "reset, driver changed, replaced")->required();
    }
    void addWriting(CLI::App &one) const
    {
        one.add_option("--out", options->out, "folder for the manifests, made when missing")->required();
        one.add_option("--namespace", options->nameSpace, "where it runs");
        one.add_option("--schedule", options->schedule, "a CronJob by these five fields of cron instead of a Job");
    }
    void addCluster(CLI::App &group) const
    {
        auto *job = add(group, "job", "write manifests that run berth-probe on nodes of the cluster", runProbeJob);
        job->add_option("--nodes", options->nodes, "these nodes (default: every node with GPUs)")->delimiter(',');
        job->add_option("--sku", options->skus, "every node with one of these SKUs")->delimiter(',');
        job->add_option("--image", options->images, "vendor=REFERENCE of an image built from installer/probe-image");
        job->add_option("--profile", options->profile, "quick, standard, soak or ci")
            ->check(CLI::IsMember({"quick", "standard", "soak", "ci"}));
        job->add_option("--devices", options->devices, "free, all or one device of each node")
            ->check(CLI::IsMember({"free", "all", "one"}));
        addWriting(*job);
        add(group, "collect", "take the results of probe and benchmark jobs from their pods' logs", runProbeCollect)
            ->add_option("--namespace", options->nameSpace, "where they ran");
    }
    void addBench(CLI::App &group) const
    {
        auto *import = add(group, "import", "take the result of a serving benchmark", runBenchImport);
        import->add_option("file", options->file, "JSON of vllm bench serve, AIPerf, GenAI-Perf or guidellm")
            ->required();
        import->add_option("--sku", options->sku, "the GPU it ran on, as the catalogue names it")->required();
        import->add_option("--model", options->model, "the model (default: as the file names it)");
        import->add_option("--gpus", options->gpus, "GPUs that served the model")->check(aboveZero());
        import->add_option("--weights", options->weights, "format of its weights (default: as its name says)");
        import->add_option("--engine-version", options->engineVersion, "the engine that served it: \"vLLM 0.11.0\"");
        auto *job = add(group, "job", "write a manifest that runs vllm bench serve against a server", runBenchJob);
        job->add_option("--service", options->service, "the server: http://llama.default.svc:8000")->required();
        job->add_option("--model", options->model, "the model as it is served")->required();
        job->add_option("--sku", options->sku, "the GPU that serves it, as the catalogue names it")->required();
        job->add_option("--image", options->images, "a vLLM image")->required();
        job->add_option("--gpus", options->gpus, "GPUs that serve the model")->check(aboveZero());
        job->add_option("--requests", options->requests, "requests to send")->check(aboveZero());
        job->add_option("--concurrency", options->concurrency, "requests at once")->check(aboveZero());
        job->add_option("--input-tokens", options->inputTokens, "of each request")->check(aboveZero());
        job->add_option("--output-tokens", options->outputTokens, "of each answer")->check(aboveZero());
        addWriting(*job);
        add(group, "list", "tokens per second, latency and price per token of each model and SKU", runBenchList);
        auto *show = add(group, "show", "every load point of one model: throughput and latency", runBenchShow);
        show->add_option("model", options->model, "as its benchmark names it")->required();
        show->add_option("--sku", options->sku, "only on this GPU");
    }
};

} // namespace

void addProbeCommands(CLI::App &program, const GlobalOptions &global, std::function<Answer()> &command)
{
    const ProbeProgram probes{global, command};
    auto *probe = program.add_subcommand("probe", "measure GPUs, judge and keep what was measured");
    probe->require_subcommand(1);
    probe->fallthrough();
    probes.addRunning(*probe);
    probes.addHistory(*probe);
    probes.addCluster(*probe);
    auto *bench = program.add_subcommand("bench", "serving benchmarks of models on GPUs");
    bench->require_subcommand(1);
    bench->fallthrough();
    probes.addBench(*bench);
}

} // namespace app::ctl
