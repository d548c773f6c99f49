// One pool of worker threads for all kernels. Pieces of a job are tickets that threads draw one by one; the caller draws
// too, so a job ends even when no worker finds a core. The gate is one 64-bit word: a job number, whether the job is
// open, whether its caller sleeps, and how many workers are inside. Only those inside are ever waited for.
// Workers spin some tens of microseconds after a job and then park. Which thread runs a piece never changes a result:
// callers cut pieces by shape alone, and a piece writes only what is its own. The caller takes pieces from the front and workers from the
// back, so that a core meets in its cache what it has written in the job before.
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace Nabla.Backends.Cpu;

/// <summary>Runs numbered pieces of work on all cores.</summary>
internal static unsafe class WorkerPool
{
    private const long Open = 1L << 31;
    private const long CallerSleeps = 1L << 30;
    private const long InsideMask = CallerSleeps - 1;
    private const int JobShift = 32;
    private const int SpinsBeforePark = 1500;
    private const int SpinsBeforeSleep = 4000;

    private static readonly Lock Starting = new();
    private static readonly SemaphoreSlim WakeWorkers = new(0);
    private static readonly SemaphoreSlim WakeCaller = new(0);

    private static Job s_job;
    private static PaddedLong s_gate;
    private static PaddedLong s_ticket;
    private static PaddedLong s_back;
    private static int s_busy;
    private static int s_parked;
    private static int s_started;
    private static int s_threadCount = DefaultThreadCount();

    [ThreadStatic]
    private static bool t_isAlone;

    /// <summary>
    /// How many threads take part in a job, the caller included. The default is one a core, or the environment
    /// variable <c>NABLA_THREADS</c>. Any value gives the same results.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is below one.</exception>
    public static int ThreadCount
    {
        get => s_threadCount;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            s_threadCount = value;
        }
    }

    /// <summary>
    /// Whether jobs that this thread starts run on it alone: for who has other work for the other cores than helping with small jobs. It changes no result.
    /// </summary>
    public static bool IsAlone
    {
        get => t_isAlone;
        set => t_isAlone = value;
    }

    /// <summary>Calls <paramref name="body"/> once with each number from 0 to <paramref name="pieces"/> - 1.</summary>
    /// <remarks>A job started inside a piece runs on the thread of that piece.</remarks>
    public static void Run(int pieces, Action<int> body) => Run(pieces, new ActionBody(body));

    /// <summary>Runs each piece of <paramref name="body"/> once, and allocates nothing.</summary>
    /// <remarks>
    /// The body is copied once and shared by all threads. An exception in a piece drops the pieces not yet begun
    /// and reaches the caller when all threads have left.
    /// </remarks>
    public static void Run<TBody>(int pieces, TBody body)
        where TBody : struct, IPieceBody
    {
        if (pieces <= 1 || s_threadCount == 1 || t_isAlone || Interlocked.CompareExchange(ref s_busy, 1, 0) != 0)
        {
            for (int piece = 0; piece < pieces; piece++)
            {
                body.Run(piece);
            }

            return;
        }

        Exception? error;
        try
        {
            int helpers = Math.Min(pieces, s_threadCount) - 1;
            StartWorkers(helpers);
            s_job = new Job(&RunPiece<TBody>, Unsafe.AsPointer(ref body), pieces, helpers);
            Volatile.Write(ref s_ticket.Value, 0);
            Volatile.Write(ref s_back.Value, 0);
            Interlocked.Exchange(ref s_gate.Value, ((s_gate.Value >> JobShift) + 1) << JobShift | Open);
            Wake(helpers);
            DrawTickets(s_job, helps: false);
            CloseGate();
            error = s_job.Error;
        }
        finally
        {
            s_job = default;
            Volatile.Write(ref s_busy, 0);
        }

        if (error is not null)
        {
            ExceptionDispatchInfo.Throw(error);
        }
    }

    private static void RunPiece<TBody>(void* body, int piece)
        where TBody : struct, IPieceBody => Unsafe.AsRef<TBody>(body).Run(piece);

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "Rethrown by the caller.")]
    private static void DrawTickets(in Job job, bool helps)
    {
        try
        {
            // There are as many tickets as pieces, so the front and the back never meet.
            for (int front = 0; Interlocked.Increment(ref s_ticket.Value) <= job.Pieces; front++)
            {
                job.Body(job.State, helps ? job.Pieces - (int)Interlocked.Increment(ref s_back.Value) : front);
            }
        }
        catch (Exception exception)
        {
            Interlocked.CompareExchange(ref s_job.Error, exception, null);
            Interlocked.Exchange(ref s_ticket.Value, job.Pieces);
        }
    }

    private static void CloseGate()
    {
        Interlocked.And(ref s_gate.Value, ~Open);
        for (int spin = 0; spin < SpinsBeforeSleep; spin++)
        {
            if ((Volatile.Read(ref s_gate.Value) & InsideMask) == 0)
            {
                return;
            }

            Thread.SpinWait(1);
        }

        if ((Interlocked.Or(ref s_gate.Value, CallerSleeps) & InsideMask) != 0)
        {
            WakeCaller.Wait();
        }

        Interlocked.And(ref s_gate.Value, ~CallerSleeps);
    }

    private static void Wake(int helpers)
    {
        int parked = Volatile.Read(ref s_parked);
        while (parked > 0)
        {
            int claimed = Math.Min(parked, helpers);
            int seen = Interlocked.CompareExchange(ref s_parked, parked - claimed, parked);
            if (seen == parked)
            {
                WakeWorkers.Release(claimed);
                return;
            }

            parked = seen;
        }
    }

    private static void StartWorkers(int wanted)
    {
        if (Volatile.Read(ref s_started) >= wanted)
        {
            return;
        }

        lock (Starting)
        {
            for (; s_started < wanted; s_started++)
            {
                new Thread(Work) { IsBackground = true, Name = $"Nabla worker {s_started + 1}" }.Start();
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Work()
    {
        long lastJob = 0;
        int spins = 0;
        while (true)
        {
            if (TryEnter(ref lastJob))
            {
                Help();
                Leave();
                spins = 0;
            }
            else if (++spins < SpinsBeforePark)
            {
                Thread.SpinWait(1);
            }
            else
            {
                Park(lastJob);
                spins = 0;
            }
        }
    }

    private static void Help()
    {
        Recording? recording = Recording.Current;
        long start = recording is null ? 0 : Stopwatch.GetTimestamp();
        DrawTickets(s_job, helps: true);
        recording?.AddHelp(start);
    }

    private static bool TryEnter(ref long lastJob)
    {
        long gate = Volatile.Read(ref s_gate.Value);
        while (IsNewAndOpen(gate, lastJob))
        {
            // The job's fields may be read only from inside; a worker too many finds that out there and leaves.
            long seen = Interlocked.CompareExchange(ref s_gate.Value, gate + 1, gate);
            if (seen == gate)
            {
                lastJob = gate >> JobShift;
                if ((gate & InsideMask) < s_job.Helpers)
                {
                    return true;
                }

                Leave();
                return false;
            }

            gate = seen;
        }

        return false;
    }

    private static bool IsNewAndOpen(long gate, long lastJob) => (gate & Open) != 0 && gate >> JobShift != lastJob;

    private static void Leave()
    {
        long gate = Interlocked.Decrement(ref s_gate.Value);
        if ((gate & (CallerSleeps | InsideMask)) == CallerSleeps)
        {
            WakeCaller.Release();
        }
    }

    private static void Park(long lastJob)
    {
        Interlocked.Increment(ref s_parked);
        if (IsNewAndOpen(Volatile.Read(ref s_gate.Value), lastJob) && TryUnpark())
        {
            return;
        }

        WakeWorkers.Wait();
    }

    /// <summary>Takes this worker back from the parked, unless a caller has already claimed it and will wake it.</summary>
    private static bool TryUnpark()
    {
        int parked = Volatile.Read(ref s_parked);
        while (parked > 0)
        {
            int seen = Interlocked.CompareExchange(ref s_parked, parked - 1, parked);
            if (seen == parked)
            {
                return true;
            }

            parked = seen;
        }

        return false;
    }

    private static int DefaultThreadCount()
    {
        string? wanted = Environment.GetEnvironmentVariable("NABLA_THREADS");
        return int.TryParse(wanted, NumberStyles.None, CultureInfo.InvariantCulture, out int threads) && threads > 0
            ? threads
            : Environment.ProcessorCount;
    }

    private struct Job(delegate*<void*, int, void> body, void* state, int pieces, int helpers)
    {
        public readonly delegate*<void*, int, void> Body = body;
        public readonly void* State = state;
        public readonly int Pieces = pieces;
        public readonly int Helpers = helpers;
        public Exception? Error;
    }

    /// <summary>A counter alone on its cache lines, so that threads that spin on one do not slow another.</summary>
    [System.Runtime.InteropServices.StructLayout(System.Runtime.InteropServices.LayoutKind.Explicit, Size = 256)]
    private struct PaddedLong
    {
        [System.Runtime.InteropServices.FieldOffset(128)]
        public long Value;
    }

    private readonly struct ActionBody(Action<int> action) : IPieceBody
    {
        public void Run(int piece) => action(piece);
    }
}
