using System.Runtime.Intrinsics;

namespace Nabla.Backends.Cpu.Recurrent;

/// <summary>
/// All steps of a few sequences, forward, by two threads that have half the units each: what bounds a step of one sequence is how fast the kernel
/// comes from the second-level cache, and two cores have two.
/// </summary>
internal readonly unsafe struct ForwardHalves<T, TProduct, TCell>(
    ForwardSteps<T, TProduct, TCell> steps, int time, int padded, StepPair* pair) : IPieceBody, IStepBody
    where T : unmanaged
    where TProduct : struct, IRecurrentProduct<T>
    where TCell : struct, ICellKernel
{
    // Below this many elements of the kernel a step is shorter than the way from core to core.
    private const int LeastKernel = 16 * 1024;

    /// <summary>Where units may be cut: at whole panels and at whole vectors of the walk over gates.</summary>
    private static int Grain => Math.Max(TProduct.Width, Vector512<T>.Count);

    /// <summary>Whether a step is worth two threads, and its units can be cut.</summary>
    public static bool Fit(int units)
    {
        int padded = RecurrentForward.Padded<T>(units);
        return units * TCell.Gates * units >= LeastKernel && TProduct.Cuts(units) && padded % Grain == 0 && padded >= 2 * Grain;
    }

    public void Run(int piece)
    {
        if (piece == 0)
        {
            StepPair.Lead(ref *pair, time, this);
        }
        else
        {
            StepPair.Help(ref *pair, time, this);
        }
    }

    public void Run(int step, int half)
    {
        int middle = padded / Grain / 2 * Grain;
        steps.Run(step, half == 0 ? 0 : middle, half == 0 ? middle : padded);
    }
}
