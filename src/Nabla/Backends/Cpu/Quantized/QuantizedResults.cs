// Turns int32 sums into results: the zero point times the column's sum of weights is taken off, what is left is scaled in float32 and added to the
// bias by one fused multiply-add, then a residual is added, the result held between two bounds, and written as it is or as bytes. Sixteen columns go
// down all rows, so that what belongs to a column stays in registers. The vector loop and the scalar one do the same arithmetic.
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Nabla.Backends.Cpu.Quantized;

/// <summary>What is done with the sums of a quantised product.</summary>
internal unsafe struct QuantizedResults
{
    private const int Lanes = 16;
    private const int HalfLanes = 8;
    private const int RowsAtATime = 16;

    /// <summary>The results of a pixel or row.</summary>
    public int Outputs;

    /// <summary>The sum of each column's weights.</summary>
    public int* ColumnSums;

    /// <summary>The scale of each column's weights.</summary>
    public float* WeightScales;

    /// <summary>The scale of the bytes, one or one a row.</summary>
    public float* Scale;

    /// <summary>The zero point of the bytes, one or one a row.</summary>
    public byte* ZeroPoint;

    /// <summary>From one row's scale to the next one's: 1 or 0.</summary>
    public int ScaleStep;

    /// <summary>One for each column, or null.</summary>
    public float* Bias;

    /// <summary>Added to the results, or null.</summary>
    public float* Residual;

    /// <summary>Added to the results as bytes, or null.</summary>
    public byte* ResidualBytes;

    /// <summary>The scale of the residual's bytes.</summary>
    public float ResidualScale;

    /// <summary>The zero point of the residual's bytes.</summary>
    public int ResidualZeroPoint;

    /// <summary>The least result.</summary>
    public float Low;

    /// <summary>The largest result.</summary>
    public float High;

    /// <summary>The results, unless they are bytes.</summary>
    public float* Target;

    /// <summary>The results as bytes, or null.</summary>
    public byte* TargetBytes;

    /// <summary>One over the scale of the results.</summary>
    public float InverseScale;

    /// <summary>The zero point of the results.</summary>
    public int ResultZeroPoint;

    /// <summary>Computes some neighbouring columns of some rows.</summary>
    /// <param name="sums">The sums.</param>
    /// <param name="stride">The sums from one row to the next.</param>
    /// <param name="first">The first pixel or row, counted over all images.</param>
    /// <param name="rows">How many.</param>
    /// <param name="column">The first column.</param>
    /// <param name="count">How many.</param>
    public readonly void Write(int* sums, nint stride, nint first, int rows, int column, int count)
    {
        for (int row = 0; row < rows; row += RowsAtATime)
        {
            WriteRows(sums + (row * stride), stride, first + row, Math.Min(RowsAtATime, rows - row), column, count);
        }
    }

    // Few enough that their results lie near each other.
    private readonly void WriteRows(int* sums, nint stride, nint first, int rows, int column, int count)
    {
        int whole = count / Lanes * Lanes;
        for (int index = 0; index < whole; index += Lanes)
        {
            if (TargetBytes is null)
            {
                WriteNumbers(sums + index, stride, first, rows, column + index);
            }
            else
            {
                WriteBytes(sums + index, stride, first, rows, column + index);
            }
        }

        if (whole < count)
        {
            WriteRest(sums + whole, stride, first, rows, column + whole, count - whole);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private readonly void WriteNumbers(int* sums, nint stride, nint first, int rows, int column)
    {
        Vector256<float> low = Vector256.Create(Low), high = Vector256.Create(High);
        bool isBounded = !float.IsNegativeInfinity(Low) || !float.IsPositiveInfinity(High);
        Columns left = new(this, column, first), right = new(this, column + HalfLanes, first);
        nint place = (first * Outputs) + column;
        for (nint row = first; row < first + rows; row++, sums += stride, place += Outputs)
        {
            if (ScaleStep != 0)
            {
                (left, right) = (new(this, column, row), new(this, column + HalfLanes, row));
            }

            Vector256<float> one = Joined(left.Of(sums), place), other = Joined(right.Of(sums + HalfLanes), place + HalfLanes);
            if (isBounded)
            {
                (one, other) = (Vector256.Min(Vector256.Max(one, low), high), Vector256.Min(Vector256.Max(other, low), high));
            }

            one.Store(Target + place);
            other.Store(Target + place + HalfLanes);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private readonly void WriteBytes(int* sums, nint stride, nint first, int rows, int column)
    {
        (float least, float largest) = ByteBounds();
        Vector256<float> low = Vector256.Create(least), high = Vector256.Create(largest), inverse = Vector256.Create(InverseScale);
        Vector256<int> resultZero = Vector256.Create(ResultZeroPoint);
        Columns left = new(this, column, first), right = new(this, column + HalfLanes, first);
        bool joins = ResidualBytes is not null || Residual is not null;
        nint place = (first * Outputs) + column;
        for (nint row = first; row < first + rows; row++, sums += stride, place += Outputs)
        {
            if (ScaleStep != 0)
            {
                (left, right) = (new(this, column, row), new(this, column + HalfLanes, row));
            }

            Vector256<float> one = left.Of(sums), other = right.Of(sums + HalfLanes);
            if (joins)
            {
                (one, other) = (Joined(one, place), Joined(other, place + HalfLanes));
            }

            Vector256<int> lower = Vector256.ConvertToInt32Native(Held(one * inverse, low, high)) + resultZero;
            Vector256<int> upper = Vector256.ConvertToInt32Native(Held(other * inverse, low, high)) + resultZero;
            Vector256<short> narrow = Vector256.NarrowWithSaturation(lower, upper);
            Vector128.Narrow(narrow.GetLower(), narrow.GetUpper()).Store((sbyte*)TargetBytes + place);
        }
    }

    private readonly void WriteRest(int* sums, nint stride, nint first, int rows, int column, int count)
    {
        (float least, float largest) = ByteBounds();
        for (nint row = first; row < first + rows; row++, sums += stride)
        {
            float scale = Scale[row * ScaleStep];
            int zero = ZeroPoint[row * ScaleStep];
            for (int index = 0; index < count; index++)
            {
                int at = column + index;
                nint place = (row * Outputs) + at;
                float bias = Bias is null ? 0 : Bias[at];
                float result = Joined(MathF.FusedMultiplyAdd(sums[index] - (ColumnSums[at] * zero), WeightScales[at] * scale, bias), place);
                if (TargetBytes is null)
                {
                    Target[place] = MathF.Min(MathF.Max(result, Low), High);
                }
                else
                {
                    TargetBytes[place] = (byte)((int)Held(result * InverseScale, least, largest) + ResultZeroPoint);
                }
            }
        }
    }

    // Rounding keeps the order, so that both bounds, that of the results and that of bytes, are put to what is rounded, as one.
    private readonly (float Least, float Largest) ByteBounds()
    {
        (float least, float largest) = (-ResultZeroPoint, byte.MaxValue - ResultZeroPoint);
        return (Math.Clamp(MathF.Round(Low * InverseScale), least, largest), Math.Clamp(MathF.Round(High * InverseScale), least, largest));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Held(Vector256<float> steps, Vector256<float> least, Vector256<float> largest) =>
        Vector256.MinNative(Vector256.MaxNative(Vector256.Round(steps), least), largest);

    // As the vectors do it: what is no number becomes the least.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Held(float steps, float least, float largest)
    {
        float above = MathF.Round(steps) > least ? MathF.Round(steps) : least;
        return above < largest ? above : largest;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly Vector256<float> Joined(Vector256<float> result, nint place)
    {
        if (ResidualBytes is null)
        {
            return Residual is not null ? result + Vector256.Load(Residual + place) : result;
        }

        Vector256<int> bytes = Vector256.WidenLower(Vector256.WidenLower(Vector128.CreateScalarUnsafe(*(ulong*)(ResidualBytes + place)).AsByte().ToVector256Unsafe())).AsInt32();
        return result + (Vector256.ConvertToSingle(bytes - Vector256.Create(ResidualZeroPoint)) * ResidualScale);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly float Joined(float result, nint place) =>
        ResidualBytes is not null
            ? result + ((ResidualBytes[place] - ResidualZeroPoint) * ResidualScale)
            : Residual is not null ? result + Residual[place] : result;

    /// <summary>What eight columns have in common in all rows of one scale.</summary>
    private readonly struct Columns
    {
        private readonly Vector256<int> offsets;
        private readonly Vector256<float> scales;
        private readonly Vector256<float> bias;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Columns(in QuantizedResults results, int column, nint row)
        {
            offsets = Vector256.Load(results.ColumnSums + column) * results.ZeroPoint[row * results.ScaleStep];
            scales = Vector256.Load(results.WeightScales + column) * results.Scale[row * results.ScaleStep];
            bias = results.Bias is null ? Vector256<float>.Zero : Vector256.Load(results.Bias + column);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector256<float> Of(int* sums) => Vector256.FusedMultiplyAdd(Vector256.ConvertToSingle(Vector256.Load(sums) - offsets), scales, bias);
    }
}
