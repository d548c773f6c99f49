using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Nabla.Backends.Cpu.Normalization;

/// <summary>sums += x.</summary>
internal readonly unsafe struct SumStep<T>(T* x, T* sums) : IRowStep
    where T : unmanaged, IFloatingPointIeee754<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Run(nint at, int place, int lanes) =>
        ChannelRows<T>.Store(ChannelRows<T>.Load(sums + place, lanes) + ChannelRows<T>.Load(x + at, lanes), sums + place, lanes);
}

/// <summary>sums += (x - mean)².</summary>
internal readonly unsafe struct SquareStep<T>(T* x, T* mean, T* sums) : IRowStep
    where T : unmanaged, IFloatingPointIeee754<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Run(nint at, int place, int lanes)
    {
        Vector512<T> difference = ChannelRows<T>.Load(x + at, lanes) - ChannelRows<T>.Load(mean + place, lanes);
        ChannelRows<T>.Store(ChannelRows<T>.Load(sums + place, lanes) + (difference * difference), sums + place, lanes);
    }
}

/// <summary>y = max(x * factor + shift, least).</summary>
internal readonly unsafe struct ScaleStep<T>(T* x, T* factor, T* shift, T least, T* y) : IRowStep
    where T : unmanaged, IFloatingPointIeee754<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Run(nint at, int place, int lanes)
    {
        Vector512<T> scaled = ChannelRows<T>.Load(x + at, lanes) * ChannelRows<T>.Load(factor + place, lanes);
        ChannelRows<T>.Store(Vector512.Max(scaled + ChannelRows<T>.Load(shift + place, lanes), Vector512.Create(least)), y + at, lanes);
    }
}

/// <summary>A cotangent, which counts as zero where what came out of a rectifier is not positive.</summary>
internal readonly unsafe struct Cotangent<T>(T* values, T* rectified)
    where T : unmanaged, IFloatingPointIeee754<T>
{
    public Cotangent<T> From(nint at) => new(values + at, rectified is null ? null : rectified + at);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<T> Load(nint at, int lanes)
    {
        Vector512<T> change = ChannelRows<T>.Load(values + at, lanes);
        return rectified is null ? change : change & Vector512.GreaterThan(ChannelRows<T>.Load(rectified + at, lanes), Vector512<T>.Zero);
    }
}

/// <summary>bias += dy, slope += dy * (x - mean).</summary>
internal readonly unsafe struct GradientSumStep<T>(T* x, Cotangent<T> cotangent, T* mean, T* bias, T* slope) : IRowStep
    where T : unmanaged, IFloatingPointIeee754<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Run(nint at, int place, int lanes)
    {
        Vector512<T> change = cotangent.Load(at, lanes);
        Vector512<T> difference = ChannelRows<T>.Load(x + at, lanes) - ChannelRows<T>.Load(mean + place, lanes);
        ChannelRows<T>.Store(ChannelRows<T>.Load(bias + place, lanes) + change, bias + place, lanes);
        ChannelRows<T>.Store(ChannelRows<T>.Load(slope + place, lanes) + (change * difference), slope + place, lanes);
    }
}

/// <summary>dx = dy * first + x * second + third, the three one behind the other.</summary>
internal readonly unsafe struct InputGradientStep<T>(T* x, Cotangent<T> cotangent, T* coefficients, int width, T* result) : IRowStep
    where T : unmanaged, IFloatingPointIeee754<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Run(nint at, int place, int lanes)
    {
        T* first = coefficients + place;
        Vector512<T> ofCotangent = cotangent.Load(at, lanes) * ChannelRows<T>.Load(first, lanes);
        Vector512<T> ofInput = ChannelRows<T>.Load(x + at, lanes) * ChannelRows<T>.Load(first + width, lanes);
        ChannelRows<T>.Store(ofCotangent + ofInput + ChannelRows<T>.Load(first + (2 * width), lanes), result + at, lanes);
    }
}
