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

/// <summary>y = x * factor + shift.</summary>
internal readonly unsafe struct ScaleStep<T>(T* x, T* factor, T* shift, T* y) : IRowStep
    where T : unmanaged, IFloatingPointIeee754<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Run(nint at, int place, int lanes) => ChannelRows<T>.Store(
        (ChannelRows<T>.Load(x + at, lanes) * ChannelRows<T>.Load(factor + place, lanes)) + ChannelRows<T>.Load(shift + place, lanes), y + at, lanes);
}

/// <summary>bias += dy, slope += dy * (x - mean).</summary>
internal readonly unsafe struct GradientSumStep<T>(T* x, T* cotangent, T* mean, T* bias, T* slope) : IRowStep
    where T : unmanaged, IFloatingPointIeee754<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Run(nint at, int place, int lanes)
    {
        Vector512<T> change = ChannelRows<T>.Load(cotangent + at, lanes);
        Vector512<T> difference = ChannelRows<T>.Load(x + at, lanes) - ChannelRows<T>.Load(mean + place, lanes);
        ChannelRows<T>.Store(ChannelRows<T>.Load(bias + place, lanes) + change, bias + place, lanes);
        ChannelRows<T>.Store(ChannelRows<T>.Load(slope + place, lanes) + (change * difference), slope + place, lanes);
    }
}

/// <summary>dx = dy * first + x * second + third, the three one behind the other.</summary>
internal readonly unsafe struct InputGradientStep<T>(T* x, T* cotangent, T* coefficients, int width, T* result) : IRowStep
    where T : unmanaged, IFloatingPointIeee754<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Run(nint at, int place, int lanes)
    {
        T* first = coefficients + place;
        Vector512<T> ofCotangent = ChannelRows<T>.Load(cotangent + at, lanes) * ChannelRows<T>.Load(first, lanes);
        Vector512<T> ofInput = ChannelRows<T>.Load(x + at, lanes) * ChannelRows<T>.Load(first + width, lanes);
        ChannelRows<T>.Store(ofCotangent + ofInput + ChannelRows<T>.Load(first + (2 * width), lanes), result + at, lanes);
    }
}
