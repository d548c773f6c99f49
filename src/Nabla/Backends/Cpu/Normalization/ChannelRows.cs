// Rows of channels, walked as vectors whatever the number of channels: so many short rows are taken as one wide row that its length is a
// multiple of a vector's, and sums are kept for each place of a wide row and folded to channels at the end. Sums lie in the first-level cache,
// where adding to them costs less than reading the rows from further away.
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Nabla.Backends.Cpu.Elementwise;

namespace Nabla.Backends.Cpu.Normalization;

/// <summary>What is done to each vector of rows.</summary>
internal interface IRowStep
{
    /// <summary>Treats some lanes.</summary>
    /// <param name="at">Where they lie from the first row on.</param>
    /// <param name="place">Where they lie in a wide row.</param>
    /// <param name="lanes">How many; the whole vector but for the last ones.</param>
    void Run(nint at, int place, int lanes);
}

/// <summary>How rows of some channels are walked.</summary>
internal readonly unsafe struct ChannelRows<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private const int LeastVectors = 4;

    public ChannelRows(int channels)
    {
        Channels = channels;
        int copies = 1;
        int least = LeastVectors * Vector512<T>.Count;
        while (channels < least && (channels * copies % Vector512<T>.Count != 0 || channels * copies < least))
        {
            copies *= 2;
        }

        Width = channels * copies;
    }

    public int Channels { get; }

    /// <summary>The elements of a wide row.</summary>
    public int Width { get; }

    /// <summary>Walks rows of so many elements in all.</summary>
    public void Walk<TStep>(nint elements, TStep step)
        where TStep : struct, IRowStep
    {
        for (nint start = 0; start < elements; start += Width)
        {
            int length = (int)nint.Min(Width, elements - start);
            int place = 0;
            for (; place <= length - Vector512<T>.Count; place += Vector512<T>.Count)
            {
                step.Run(start + place, place, Vector512<T>.Count);
            }

            if (place < length)
            {
                step.Run(start + place, place, length - place);
            }
        }
    }

    /// <summary>A number for each channel, as often as a wide row has the channel.</summary>
    public void Repeat(T* channels, T* wide)
    {
        for (int start = 0; start < Width; start += Channels)
        {
            new ReadOnlySpan<T>(channels, Channels).CopyTo(new Span<T>(wide + start, Channels));
        }
    }

    /// <summary>The sums of what a wide row has for each channel, times a factor.</summary>
    public void Fold(T* wide, T* channels, T factor)
    {
        for (int channel = 0; channel < Channels; channel++)
        {
            T sum = wide[channel];
            for (int place = channel + Channels; place < Width; place += Channels)
            {
                sum += wide[place];
            }

            channels[channel] = sum * factor;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Load(T* source, int lanes) => lanes == Vector512<T>.Count ? Vector512.Load(source) : Rows.LoadFirst(source, lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector512<T> vector, T* target, int lanes)
    {
        if (lanes == Vector512<T>.Count)
        {
            vector.Store(target);
        }
        else
        {
            Rows.StoreFirst(vector, target, lanes);
        }
    }
}
