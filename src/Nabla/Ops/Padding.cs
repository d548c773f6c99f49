namespace Nabla;

/// <summary>
/// The pixels that are added around an image before a window moves over it: none (<see cref="Valid"/>), as many as make the result as large
/// as the image divided by the stride, rounded up (<see cref="Same"/>), or given numbers. Added pixels are zeros to a convolution; a pooling
/// does not count them.
/// </summary>
/// <param name="Top">Rows above.</param>
/// <param name="Bottom">Rows below.</param>
/// <param name="Left">Columns to the left; in a sequence, steps before the first.</param>
/// <param name="Right">Columns to the right; in a sequence, steps behind the last.</param>
public readonly record struct Padding(int Top, int Bottom, int Left, int Right)
{
    /// <summary>Steps before and behind a sequence: <c>new Padding((kernelSize - 1) * dilation, 0)</c> lets a convolution see the past alone.</summary>
    public Padding(int before, int after)
        : this(0, 0, before, after)
    {
    }

    /// <summary>No padding: windows lie within the image.</summary>
    public static Padding Valid => default;

    /// <summary>The size of the result is that of the image divided by the stride, rounded up. An odd pixel goes to the bottom and the right.</summary>
    public static Padding Same => new(0, 0) { IsSame = true };

    /// <summary>Whether the numbers follow from the image: <see cref="Same"/>.</summary>
    public bool IsSame { get; private init; }

    /// <summary>What of it counts for a sequence, which is one row.</summary>
    internal Padding OfSequence => IsSame ? this : new(Left, Right);

    /// <summary>The same number on all sides.</summary>
    public static implicit operator Padding(int all) => new(all, all, all, all);

    /// <summary><c>Valid</c>, <c>Same</c> or the four numbers.</summary>
    public override string ToString() => this == Valid ? nameof(Valid) : IsSame ? nameof(Same) : $"[{Top}, {Bottom}, {Left}, {Right}]";
}
