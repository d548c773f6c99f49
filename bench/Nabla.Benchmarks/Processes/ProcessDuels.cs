using System.Globalization;
using Nabla.Benchmarks.Results;
using Nabla.Benchmarks.SideBySide;

namespace Nabla.Benchmarks.Processes;

/// <summary>From process start to the first training step, and the peak of memory: Nabla with the JIT and as native code beside libtorch.</summary>
internal static class ProcessDuels
{
    /// <summary>What the command line calls it.</summary>
    public const string Case = "process";

    private const int Rounds = 5;
    private const string Peer = "libtorch";
    private static readonly string Folder = ResultFiles.Under("bench", "Nabla.FirstStep", "bin", "Release", "net10.0");

    private static string Native => Path.Combine(Folder, "linux-x64", "publish", "Nabla.FirstStep");

    /// <summary>The rows of the table.</summary>
    public static IEnumerable<string[]> Rows()
    {
        List<(ProcessCost Jit, ProcessCost Libtorch, ProcessCost? Native)> rounds = [];
        for (int round = 0; round < Rounds; round++)
        {
            rounds.Add((ChildProcess.Run("dotnet", Path.Combine(Folder, "Nabla.FirstStep.dll")), Libtorch(), File.Exists(Native) ? ChildProcess.Run(Native) : null));
        }

        (double Time, double Memory) libtorch = Median(rounds.Select(round => round.Libtorch));
        (double Time, double Memory) jit = Median(rounds.Select(round => round.Jit));
        yield return Row("process start to first training step, JIT", "ms", jit.Time, libtorch.Time, 1 / 0.6);
        yield return Row("peak memory of digits training, JIT", "MB", jit.Memory, libtorch.Memory, 2);
        if (rounds[0].Native is null)
        {
            Console.Error.WriteLine($"{Native} is not there: publish bench/Nabla.FirstStep with -r linux-x64 -p:PublishAot=true for the rows of native code.");
            yield break;
        }

        (double Time, double Memory) native = Median(rounds.Select(round => round.Native!));
        yield return Row("process start to first training step, native code", "ms", native.Time, libtorch.Time, 1 / 0.15);
        yield return Row("peak memory of digits training, native code", "MB", native.Memory, libtorch.Memory, 2);
    }

    private static ProcessCost Libtorch() => ChildProcess.Run("dotnet", typeof(ProcessDuels).Assembly.Location, LibtorchSteps.Argument);

    private static string[] Row(string title, string metric, double nabla, double libtorch, double least)
    {
        Target target = new("process", title, title, least);
        double ratio = libtorch / nabla;
        return
        [
            title, metric, Outcome.Digits(nabla), Outcome.Digits(libtorch), Peer, ratio.ToString("F2", CultureInfo.InvariantCulture), target.Text,
            Targets.Verdict(ratio, target),
        ];
    }

    private static (double Time, double Memory) Median(IEnumerable<ProcessCost> costs)
    {
        ProcessCost[] all = [.. costs];
        return (all.Select(cost => cost.FirstStep).Order().ElementAt(all.Length / 2), all.Select(cost => cost.Peak).Order().ElementAt(all.Length / 2));
    }
}
