namespace Nabla.Backends.Cpu.Convolution;

/// <summary>What is added to a sparse sum: vectors, and what they are multiplied with.</summary>
internal struct Term<T>(int offset, T coefficient)
    where T : unmanaged
{
    /// <summary>Where the first vector begins.</summary>
    public int Offset = offset;

    /// <summary>The factor.</summary>
    public T Coefficient = coefficient;
}
