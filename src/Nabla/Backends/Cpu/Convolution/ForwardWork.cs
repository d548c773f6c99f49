namespace Nabla.Backends.Cpu.Convolution;

/// <summary>What a convolution reads and writes: weighted sums, then a bias, then a residual, then the rectifier.</summary>
internal unsafe struct ForwardWork<T>
    where T : unmanaged
{
    public T* Images;

    /// <summary>The weights; not read where they are packed.</summary>
    public T* Weights;

    /// <summary>The weights as the kernel reads them, or null: then each call packs them.</summary>
    public T* Packed;

    /// <summary>One for each output channel, or null.</summary>
    public T* Bias;

    /// <summary>Added to the results, which lie elsewhere; or null.</summary>
    public T* Residual;
    public bool Relu;
    public T* Target;
}
