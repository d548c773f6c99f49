using System.Diagnostics;
using Nabla.Backends.Cpu;
using Nabla.Ops;

namespace Nabla.Backends;

/// <summary>Notes which kernels run, from when to when, and which threads of the pool help them. While there is none, nothing is noted.</summary>
internal sealed class Recording
{
    private static Recording? s_current;

    private readonly Lock gate = new();
    private readonly List<KernelSpan> spans = [];
    private readonly List<HelpSpan> help = [];
    private volatile Op? running;

    /// <summary>The recording that is under way.</summary>
    public static Recording? Current => Volatile.Read(ref s_current);

    /// <summary>The kernels that have ended, in the order in which they did; another thread may still be within one when the recording is over.</summary>
    public IReadOnlyList<KernelSpan> Kernels
    {
        get
        {
            lock (gate)
            {
                return [.. spans];
            }
        }
    }

    /// <summary>When threads of the pool took part in kernels.</summary>
    public IReadOnlyList<HelpSpan> Help
    {
        get
        {
            lock (gate)
            {
                return [.. help];
            }
        }
    }

    /// <summary>Begins to record.</summary>
    /// <exception cref="InvalidOperationException">Another recording is under way.</exception>
    public static Recording Start()
    {
        Recording recording = new();
        return Interlocked.CompareExchange(ref s_current, recording, null) is null
            ? recording
            : throw new InvalidOperationException("Kernels are being recorded already: end the other profile first.");
    }

    /// <summary>Ends this recording.</summary>
    public void Stop() => Interlocked.CompareExchange(ref s_current, null, this);

    /// <summary>Runs a kernel and notes it.</summary>
    public void Run(CpuKernel kernel, Op op, Tensor[] inputs, Tensor[] outputs)
    {
        TensorType[] inputTypes = Array.ConvertAll(inputs, tensor => tensor.Type), outputTypes = Array.ConvertAll(outputs, tensor => tensor.Type);
        running = op;
        long start = Stopwatch.GetTimestamp();
        kernel(op, inputs, outputs);
        long end = Stopwatch.GetTimestamp();
        running = null;
        lock (gate)
        {
            spans.Add(new KernelSpan(op, inputTypes, outputTypes, start, end, Environment.CurrentManagedThreadId));
        }
    }

    /// <summary>Notes that this thread has taken part in the running kernel since a time.</summary>
    public void AddHelp(long start)
    {
        HelpSpan span = new(running, start, Stopwatch.GetTimestamp(), Environment.CurrentManagedThreadId);
        lock (gate)
        {
            help.Add(span);
        }
    }
}

/// <summary>One call of a kernel; times are ticks of <see cref="Stopwatch"/>.</summary>
internal sealed record KernelSpan(Op Op, TensorType[] Inputs, TensorType[] Outputs, long Start, long End, int Thread);

/// <summary>When a thread of the pool took part in a kernel.</summary>
internal readonly record struct HelpSpan(Op? Op, long Start, long End, int Thread);
