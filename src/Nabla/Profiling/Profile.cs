using System.Diagnostics;
using Nabla.Backends;
using Nabla.Ops.Elementwise;

namespace Nabla.Profiling;

/// <summary>Where the time of a recording went.</summary>
public sealed class Profile
{
    private readonly Recording recording;
    private readonly long start;

    internal Profile(Recording recording, long start, long end)
    {
        (this.recording, this.start) = (recording, start);
        Seconds = (double)(end - start) / Stopwatch.Frequency;
        Ops = [.. recording.Kernels.GroupBy(span => (Name(span), Shapes(span))).Select(Sum).OrderByDescending(op => op.Seconds)];
    }

    /// <summary>How long the recording took.</summary>
    public double Seconds { get; }

    /// <summary>The ops, each with the shapes it was applied to; those that took longest first.</summary>
    public IReadOnlyList<OpProfile> Ops { get; }

    /// <summary>The time in which no kernel ran: bookkeeping, waiting for data, the program around.</summary>
    public double SecondsOutsideKernels => Seconds - SecondsOfKernels();

    /// <summary>
    /// The recording in Chrome's trace event format, which opens in Perfetto (ui.perfetto.dev) and in chrome://tracing: a row for each thread, with
    /// a bar for each kernel, or for what a thread of the pool did of one.
    /// </summary>
    public string ToTrace() => ChromeTrace.Write(recording, start);

    internal static string Shapes(KernelSpan span) => $"{string.Join(", ", span.Inputs.Select(Text))} -> {string.Join(", ", span.Outputs.Select(Text))}";

    internal static string Name(KernelSpan span) => span.Op is Fused ? span.Op.ToString() : span.Op.Name;

    private static string Text(TensorType type) => type.DataType == DataType.Float32 ? $"{type.Shape}" : $"{type}";

    // Threads may run kernels at the same time.
    private double SecondsOfKernels()
    {
        long covered = 0, last = start;
        foreach (KernelSpan span in recording.Kernels.OrderBy(span => span.Start))
        {
            covered += Math.Max(0, span.End - Math.Max(span.Start, last));
            last = Math.Max(last, span.End);
        }

        return (double)covered / Stopwatch.Frequency;
    }

    private static OpProfile Sum(IGrouping<(string Name, string Shapes), KernelSpan> spans)
    {
        KernelSpan first = spans.First();
        int calls = spans.Count();
        double bytes = first.Inputs.Concat(first.Outputs).Sum(type => (double)type.ByteCount);
        double seconds = (double)spans.Sum(span => span.End - span.Start) / Stopwatch.Frequency;
        return new OpProfile(spans.Key.Name, spans.Key.Shapes, calls, seconds, calls * first.Op.Flops(first.Inputs, first.Outputs), calls * bytes);
    }
}

/// <summary>What the calls of one op with inputs of the same shapes came to.</summary>
/// <param name="Name">The op.</param>
/// <param name="Shapes">What it was applied to and what came out; float32 where no type is named.</param>
/// <param name="Calls">How often it ran.</param>
/// <param name="Seconds">How long all calls took.</param>
/// <param name="Flops">The additions and multiplications of the op's plain form, over all calls; a kernel may do with fewer.</param>
/// <param name="Bytes">The bytes of inputs and outputs, over all calls.</param>
public sealed record OpProfile(string Name, string Shapes, int Calls, double Seconds, double Flops, double Bytes);
