using Nabla.Layers.Initializers;
using Nabla.Layers.Regularizers;

namespace Nabla.Layers;

/// <summary>How the kernel and the bias of a layer begin and what is asked of them.</summary>
internal sealed record KernelOptions
{
    public bool UseBias { get; init; } = true;

    public Initializer KernelInitializer { get; init; } = new GlorotUniform();

    public Initializer BiasInitializer { get; init; } = new Zeros();

    public Regularizer? KernelRegularizer { get; init; }

    public Regularizer? BiasRegularizer { get; init; }
}
