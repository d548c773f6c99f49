namespace Nabla.Backends.Cpu.Quantized;

/// <summary>A loop over neighbouring elements with their scale and zero point.</summary>
internal interface IScaledLoop
{
    /// <summary>Computes some elements.</summary>
    /// <param name="at">The first element.</param>
    /// <param name="count">How many there are.</param>
    /// <param name="parameter">The place of the first one's scale and zero point.</param>
    /// <param name="along">Whether the next element has the next scale; else all have one.</param>
    void Run(long at, int count, int parameter, bool along);
}

/// <summary>How scales lie over the elements of a tensor: in rows of elements that share a scale, or in rows along which the scales run.</summary>
/// <param name="Elements">The elements.</param>
/// <param name="Length">The elements of a row.</param>
/// <param name="Scales">The number of scales, which rows take in turn where they share one each.</param>
/// <param name="Along">Whether the scales run along each row.</param>
internal readonly record struct ScaleRuns(long Elements, int Length, int Scales, bool Along)
{
    private const int PieceElements = 1 << 14;

    /// <summary>The rows of a tensor.</summary>
    /// <param name="x">Its shape.</param>
    /// <param name="scale">The shape of the scales.</param>
    /// <param name="axis">The axis that they are along; null for scalars and for one a row.</param>
    public static ScaleRuns Of(Shape x, Shape scale, int? axis)
    {
        int elements = x.ElementCount;
        if (elements == 0 || scale.ElementCount == 1)
        {
            return new(elements, Math.Max(1, elements), 1, false);
        }

        int inner = axis is { } along ? x.Product(along + 1, x.Rank) : x[-1];
        return inner == 1 && axis is not null ? new(elements, scale.ElementCount, scale.ElementCount, true) : new(elements, inner, scale.ElementCount, false);
    }

    /// <summary>Runs a loop over all elements.</summary>
    public void Run<TLoop>(TLoop loop)
        where TLoop : struct, IScaledLoop => WorkerPool.Run((int)((Elements + PieceElements - 1) / PieceElements), new Pieces<TLoop>(this, loop));

    private readonly struct Pieces<TLoop>(ScaleRuns runs, TLoop loop) : IPieceBody
        where TLoop : struct, IScaledLoop
    {
        public void Run(int piece)
        {
            long end = Math.Min(runs.Elements, (piece + 1L) * PieceElements);
            for (long at = (long)piece * PieceElements; at < end;)
            {
                (long row, long offset) = Math.DivRem(at, runs.Length);
                int count = (int)Math.Min(runs.Length - offset, end - at);
                loop.Run(at, count, runs.Along ? (int)offset : (int)(row % runs.Scales), runs.Along);
                at += count;
            }
        }
    }
}
