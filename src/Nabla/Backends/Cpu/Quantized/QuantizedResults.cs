// Turns int32 sums into results: the zero point times the column's sum of weights is taken off, what is left is scaled in float32 and added to the
// bias by one fused multiply-add, then a residual is added, the result held between two bounds, and written as it is or as bytes. The vector loop
// and the scalar one do the same arithmetic.
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Nabla.Backends.Cpu.Quantized;

/// <summary>What is done with the sums of a quantised product.</summary>
internal unsafe struct QuantizedResults
{
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
        for (int row = 0; row < rows; row++)
        {
            WriteRow(sums + (row * stride), first + row, column, count);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private readonly void WriteRow(int* sums, nint row, int column, int count)
    {
        nint place = (row * Outputs) + column;
        float scale = Scale[row * ScaleStep];
        int zero = ZeroPoint[row * ScaleStep];
        int index = 0;
        for (; index <= count - ByteLanes.Count; index += ByteLanes.Count)
        {
            int at = column + index;
            Vector512<int> exact = Vector512.Load(sums + index) - (Vector512.Load(ColumnSums + at) * zero);
            Vector512<float> bias = Bias is null ? Vector512<float>.Zero : Vector512.Load(Bias + at);
            Vector512<float> result = Vector512.FusedMultiplyAdd(Vector512.ConvertToSingle(exact), Vector512.Load(WeightScales + at) * scale, bias);
            result = Vector512.Min(Vector512.Max(Joined(result, place + index), Vector512.Create(Low)), Vector512.Create(High));
            Store(result, place + index);
        }

        for (; index < count; index++)
        {
            int at = column + index;
            float bias = Bias is null ? 0 : Bias[at];
            float result = MathF.FusedMultiplyAdd(sums[index] - (ColumnSums[at] * zero), WeightScales[at] * scale, bias);
            Store(MathF.Min(MathF.Max(Joined(result, place + index), Low), High), place + index);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly Vector512<float> Joined(Vector512<float> result, nint place) =>
        ResidualBytes is not null
            ? result + (Vector512.ConvertToSingle(ByteLanes.LoadVector(ResidualBytes + place) - Vector512.Create(ResidualZeroPoint)) * ResidualScale)
            : Residual is not null ? result + Vector512.Load(Residual + place) : result;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly float Joined(float result, nint place) =>
        ResidualBytes is not null
            ? result + ((ResidualBytes[place] - ResidualZeroPoint) * ResidualScale)
            : Residual is not null ? result + Residual[place] : result;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly void Store(Vector512<float> result, nint place)
    {
        if (TargetBytes is null)
        {
            result.Store(Target + place);
            return;
        }

        Vector512<float> steps = Vector512.Round(result * InverseScale);
        Vector512<float> held = Vector512.Max(Vector512.Min(steps, Vector512.Create((float)(byte.MaxValue - ResultZeroPoint))), Vector512.Create((float)-ResultZeroPoint));
        ByteLanes.StoreVector(TargetBytes + place, Vector512.ConvertToInt32(held) + Vector512.Create(ResultZeroPoint));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly void Store(float result, nint place)
    {
        if (TargetBytes is null)
        {
            Target[place] = result;
            return;
        }

        float steps = MathF.Round(result * InverseScale);
        TargetBytes[place] = (byte)((int)MathF.Max(MathF.Min(steps, byte.MaxValue - ResultZeroPoint), -ResultZeroPoint) + ResultZeroPoint);
    }
}
