using System.Diagnostics;
using Nabla.Backends;

namespace Nabla.Profiling;

/// <summary>Tells where time goes: which kernels run, how often and how long, in compiled graphs and op by op.</summary>
/// <example>
/// <code>
/// Profile profile = Profiler.Record(() => trainer.Fit(train, null, new FitOptions { Epochs = 1 }));
/// foreach (OpProfile op in profile.Ops) Console.WriteLine($"{op.Name} {op.Shapes} {op.Calls} x {op.Seconds / op.Calls * 1e6:F1} us");
/// File.WriteAllText("trace.json", profile.ToTrace());
/// </code>
/// </example>
public static class Profiler
{
    /// <summary>Profiles what an action does.</summary>
    /// <exception cref="InvalidOperationException">Another profile is being recorded.</exception>
    public static Profile Record(Action action)
    {
        ArgumentNullException.ThrowIfNull(action);
        using ProfileSession session = Start();
        action();
        return session.Stop();
    }

    /// <summary>Begins a profile, which lasts until its session is stopped.</summary>
    /// <exception cref="InvalidOperationException">Another profile is being recorded.</exception>
    public static ProfileSession Start() => new();
}

/// <summary>A profile that is being recorded. While it is, each kernel takes some tenths of a microsecond longer.</summary>
public sealed class ProfileSession : IDisposable
{
    private readonly Recording recording = Recording.Start();
    private readonly long start = Stopwatch.GetTimestamp();

    internal ProfileSession()
    {
    }

    /// <summary>Ends the recording.</summary>
    /// <returns>What was recorded.</returns>
    public Profile Stop()
    {
        long end = Stopwatch.GetTimestamp();
        recording.Stop();
        return new Profile(recording, start, end);
    }

    /// <summary>Ends the recording and drops it.</summary>
    public void Dispose() => recording.Stop();
}
