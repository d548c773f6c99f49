using System.CommandLine;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace Nabla.Benchmarks.Kernels;

/// <summary><c>kernels</c>: measures Nabla's kernels alone, with BenchmarkDotNet.</summary>
internal static class KernelsCommand
{
    public static Command Create()
    {
        Option<string[]> filter = new("--filter")
        {
            Description = "Which benchmarks, as Class.Method with * for anything; may be given several times.",
            HelpName = "GLOB",
            AllowMultipleArgumentsPerToken = true,
            DefaultValueFactory = _ => ["*"],
        };
        Option<bool> quick = new("--quick") { Description = "Measure each for a short time: a look, not a result." };
        Option<bool> list = new("--list") { Description = "Name the benchmarks and measure none." };
        Option<int> threads = new("--threads") { Description = "The threads that compute.", HelpName = "N", DefaultValueFactory = _ => Environment.ProcessorCount };
        Command command = new("kernels", "Measures Nabla's kernels with BenchmarkDotNet.") { filter, quick, list, threads };
        command.SetAction(result => Run(result.GetValue(filter)!, result.GetValue(quick), result.GetValue(list), result.GetValue(threads)));
        return command;
    }

    private static int Run(string[] filters, bool quick, bool list, int threads)
    {
        Threads.Count = threads;

        // In this process: a program of BenchmarkDotNet's own would be built with the rules of this repository, and unpack libtorch again.
        Job job = (quick ? Job.ShortRun : Job.Default).WithToolchain(InProcessEmitToolchain.Instance);
        string[] arguments = ["--filter", .. filters.Select(filter => filter.StartsWith('*') ? filter : $"*{filter}"), .. list ? ["--list", "flat"] : Array.Empty<string>()];
        Summary[] summaries = [.. BenchmarkSwitcher.FromAssembly(typeof(KernelsCommand).Assembly).Run(arguments, DefaultConfig.Instance.AddJob(job))];
        return list || (summaries.Length > 0 && summaries.All(summary => !summary.HasCriticalValidationErrors && summary.Reports.All(report => report.Success))) ? 0 : 1;
    }
}
