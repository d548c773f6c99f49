// Two threads go through steps together, each with its half of a step, and a step begins when both halves of the one before are done. A hand-over
// through the pool would cost as much as a small step; here it is one cache line each way. Who leads can do all alone: it waits only for a half that
// the helper has begun, and takes the helper's half itself when it finds it not yet begun. A helper that sees nothing happen for some time leaves.
using System.Runtime.InteropServices;

namespace Nabla.Backends.Cpu;

/// <summary>Where two threads that share the steps of a loop are.</summary>
[StructLayout(LayoutKind.Explicit, Size = 512)]
internal struct StepPair
{
    private const int SpinsBeforeYield = 2000;
    private const int SpinsBeforeLeaving = 10_000;

    [FieldOffset(128)]
    private int leaderDone;

    [FieldOffset(256)]
    private int helperDone;

    [FieldOffset(384)]
    private int helperBegun;

    /// <summary>Does the first half of all steps, and of the second halves those that no helper has begun.</summary>
    public static void Lead<TBody>(ref StepPair pair, int steps, TBody body)
        where TBody : struct, IStepBody
    {
        for (int step = 0; step < steps; step++)
        {
            body.Run(step, half: 0);
            Volatile.Write(ref pair.leaderDone, step + 1);
            if (Interlocked.CompareExchange(ref pair.helperBegun, step + 1, step) == step)
            {
                body.Run(step, half: 1);
                Volatile.Write(ref pair.helperDone, step + 1);
            }
            else
            {
                Await(ref pair.helperDone, step + 1);
            }
        }
    }

    /// <summary>Does second halves as long as the leader is under way.</summary>
    public static void Help<TBody>(ref StepPair pair, int steps, TBody body)
        where TBody : struct, IStepBody
    {
        int spins = 0;
        for (int step = Volatile.Read(ref pair.helperBegun); step < steps; step = Volatile.Read(ref pair.helperBegun))
        {
            if (Volatile.Read(ref pair.leaderDone) >= step && Volatile.Read(ref pair.helperDone) >= step)
            {
                if (Interlocked.CompareExchange(ref pair.helperBegun, step + 1, step) == step)
                {
                    body.Run(step, half: 1);
                    Volatile.Write(ref pair.helperDone, step + 1);
                }

                spins = 0;
            }
            else if (++spins > SpinsBeforeLeaving)
            {
                return;
            }
        }
    }

    private static void Await(ref int done, int step)
    {
        for (int spins = 0; Volatile.Read(ref done) < step; spins++)
        {
            if (spins > SpinsBeforeYield)
            {
                Thread.Yield();
            }
        }
    }
}

/// <summary>Half a step of a loop that two threads share.</summary>
internal interface IStepBody
{
    /// <summary>Does one half of a step; both halves of the step before are done.</summary>
    void Run(int step, int half);
}
