// Filters g, 3 x 3, become G g G', 4 x 4, with G = [1 0 0; 1/2 1/2 1/2; 1/2 -1/2 1/2; 0 0 1]. They are laid out as the register tile reads
// its right operand: for each of the 16 places panels of two vectors of outputs, in which the inputs are the steps.
using System.Numerics;
using System.Runtime.CompilerServices;
using Nabla.Backends.Cpu.Gemm;

namespace Nabla.Backends.Cpu.Convolution.Winograd;

/// <summary>Transforms filters.</summary>
internal static unsafe class WinogradFilters<T, TVector, TLanes>
    where T : unmanaged, IFloatingPointIeee754<T>
    where TVector : struct
    where TLanes : struct, ILanes<T, TVector>
{
    private const long SerialFilters = 4096;
    private const int StepsAtATime = 32;
    private const int Taps = 9;
    private const int Places = 16;

    public static int Width => 2 * TLanes.Count;

    public static int Panels(in WinogradShape shape) => (shape.Outputs + Width - 1) / Width;

    /// <summary>The elements from one place to the next: an odd number of cache lines, so that places do not evict each other.</summary>
    public static nint PlaceStride(in WinogradShape shape) => WinogradTiles<T, TVector, TLanes>.OddLines((nint)Panels(shape) * shape.Inputs * Width);

    /// <summary>The elements of transformed filters.</summary>
    public static nint Elements(in WinogradShape shape) => Places * PlaceStride(shape);

    /// <summary>Transforms weights [3, 3, inputs, outputs], or of a gradient [3, 3, outputs, inputs] turned; valid until this thread's next call.</summary>
    public static T* Transform(in WinogradShape shape, T* weights, bool turned) =>
        Transform(shape, weights, turned, Scratch.Get<T>(ScratchUse.PackedWeights, Elements(shape)));

    /// <summary>The same for many calls.</summary>
    public static T* Transform(in WinogradShape shape, T* weights, bool turned, T* target)
    {
        Piece piece = new(shape, weights, turned, target);
        int pieces = Panels(shape) * StepParts(shape);
        for (int part = 0; (long)shape.Inputs * shape.Outputs <= SerialFilters && part < pieces; part++)
        {
            piece.Run(part);
        }

        if ((long)shape.Inputs * shape.Outputs > SerialFilters)
        {
            WorkerPool.Run(pieces, piece);
        }

        return target;
    }

    /// <summary>The same for some panels alone, by this thread: in its caches is where they are read.</summary>
    public static T* TransformPanels(in WinogradShape shape, T* weights, bool turned, int firstPanel, int endPanel)
    {
        T* target = Scratch.Get<T>(ScratchUse.PackedWeights, Elements(shape));
        Piece piece = new(shape, weights, turned, target);
        for (int part = firstPanel * StepParts(shape); part < endPanel * StepParts(shape); part++)
        {
            piece.Run(part);
        }

        return target;
    }

    private static int StepParts(in WinogradShape shape) => (shape.Inputs + StepsAtATime - 1) / StepsAtATime;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void TransformVectors(T* taps, nint tapStride, nint count, T* target, nint placeStride)
    {
        T half = T.CreateChecked(0.5);
        TVector scale = TLanes.Broadcast(&half);
        for (nint done = 0; done < count; done += TLanes.Count, taps += TLanes.Count, target += TLanes.Count)
        {
            Line(scale, TLanes.Load(taps), TLanes.Load(taps + (3 * tapStride)), TLanes.Load(taps + (6 * tapStride)), out TVector a0, out TVector a1, out TVector a2, out TVector a3);
            Line(scale, TLanes.Load(taps + tapStride), TLanes.Load(taps + (4 * tapStride)), TLanes.Load(taps + (7 * tapStride)), out TVector b0, out TVector b1, out TVector b2, out TVector b3);
            Line(scale, TLanes.Load(taps + (2 * tapStride)), TLanes.Load(taps + (5 * tapStride)), TLanes.Load(taps + (8 * tapStride)), out TVector c0, out TVector c1, out TVector c2, out TVector c3);
            StoreLine(scale, a0, b0, c0, target, placeStride);
            StoreLine(scale, a1, b1, c1, target + (4 * placeStride), placeStride);
            StoreLine(scale, a2, b2, c2, target + (8 * placeStride), placeStride);
            StoreLine(scale, a3, b3, c3, target + (12 * placeStride), placeStride);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Line(TVector half, TVector a, TVector b, TVector c, out TVector first, out TVector sum, out TVector difference, out TVector last)
    {
        TVector ends = TLanes.Add(a, c);
        first = a;
        sum = TLanes.MultiplyAdd(half, TLanes.Add(ends, b), TLanes.Zero);
        difference = TLanes.MultiplyAdd(half, TLanes.Subtract(ends, b), TLanes.Zero);
        last = c;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreLine(TVector half, TVector a, TVector b, TVector c, T* target, nint placeStride)
    {
        Line(half, a, b, c, out TVector first, out TVector sum, out TVector difference, out TVector last);
        TLanes.Store(target, first);
        TLanes.Store(target + placeStride, sum);
        TLanes.Store(target + (2 * placeStride), difference);
        TLanes.Store(target + (3 * placeStride), last);
    }

    /// <summary>Some steps of a panel.</summary>
    private readonly struct Piece(WinogradShape shape, T* weights, bool turned, T* target) : IPieceBody
    {
        public void Run(int piece)
        {
            (int panel, int part) = Math.DivRem(piece, StepParts(shape));
            int step = part * StepsAtATime;
            int steps = Math.Min(StepsAtATime, shape.Inputs - step);
            nint count = (nint)steps * Width;
            T* taps = Scratch.Get<T>(ScratchUse.PackedRight, Taps * count);
            for (int tap = 0; tap < Taps; tap++)
            {
                Pack(panel, step, steps, tap, taps + (tap * count));
            }

            TransformVectors(taps, count, count, target + ((((nint)panel * shape.Inputs) + step) * Width), PlaceStride(shape));
        }

        private void Pack(int panel, int step, int steps, int tap, T* to)
        {
            int column = panel * Width;
            int columns = Math.Min(Width, shape.Outputs - column);
            if (turned)
            {
                T* from = weights + ((((nint)(Taps - 1 - tap) * shape.Outputs) + column) * shape.Inputs) + step;
                PanelPacking.Pack(from, 1, shape.Inputs, steps, columns, to, Width);
            }
            else
            {
                T* from = weights + ((((nint)tap * shape.Inputs) + step) * shape.Outputs) + column;
                PanelPacking.Pack(from, shape.Outputs, 1, steps, columns, to, Width);
            }
        }
    }
}
