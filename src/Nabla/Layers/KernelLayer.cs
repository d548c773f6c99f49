using System.Text.Json.Nodes;
using Nabla.Layers.Initializers;
using Nabla.Layers.Regularizers;

namespace Nabla.Layers;

/// <summary>A layer with a kernel, a bias for each output and an activation, such as a dense or a convolutional one.</summary>
/// <param name="activation">What is applied to the outputs.</param>
public abstract class KernelLayer(ActivationKind activation) : Layer
{
    private KernelOptions options = new();
    private Parameter? kernel;
    private Parameter? bias;

    /// <summary>What is applied to the outputs.</summary>
    public ActivationKind Activation => activation;

    /// <summary>Whether a bias is added; true by default. Needless before a normalisation that has one.</summary>
    public bool UseBias
    {
        get => options.UseBias;
        init => options = options with { UseBias = value };
    }

    /// <summary>The first values of the kernel; <see cref="GlorotUniform"/> by default.</summary>
    public Initializer KernelInitializer
    {
        get => options.KernelInitializer;
        init => options = options with { KernelInitializer = value ?? throw new ArgumentNullException(nameof(KernelInitializer)) };
    }

    /// <summary>The first values of the bias; zeros by default.</summary>
    public Initializer BiasInitializer
    {
        get => options.BiasInitializer;
        init => options = options with { BiasInitializer = value ?? throw new ArgumentNullException(nameof(BiasInitializer)) };
    }

    /// <summary>The penalty on the size of the kernel; null for none.</summary>
    public Regularizer? KernelRegularizer
    {
        get => options.KernelRegularizer;
        init => options = options with { KernelRegularizer = value };
    }

    /// <summary>The penalty on the size of the bias; null for none.</summary>
    public Regularizer? BiasRegularizer
    {
        get => options.BiasRegularizer;
        init => options = options with { BiasRegularizer = value };
    }

    /// <summary>The kernel.</summary>
    /// <exception cref="InvalidOperationException">The layer was not built yet.</exception>
    protected Tensor Kernel => Built(kernel).Value;

    /// <summary>The bias; null for none.</summary>
    protected Tensor? Bias => bias?.Value;

    /// <summary>Makes the kernel and the bias.</summary>
    /// <param name="shape">The shape of the kernel.</param>
    /// <param name="outputs">The size of the last axis of the outputs, which is that of the bias.</param>
    /// <param name="key">Where initial values come from.</param>
    /// <param name="name">The name of the kernel.</param>
    protected void CreateKernel(Shape shape, int outputs, RandomKey key, string name = "kernel")
    {
        kernel = Register(name, KernelInitializer, shape, key, KernelRegularizer);
        bias = UseBias ? Register("bias", BiasInitializer, [outputs], key, BiasRegularizer) : null;
    }

    /// <summary>Makes the kernel <c>[inputs, outputs]</c> in few bits, and the bias.</summary>
    private protected GroupedWeight CreateGroupedKernel(WeightGrouping grouping, int inputs, int outputs, RandomKey key)
    {
        GroupedWeight weight = RegisterGrouped("kernel", grouping, inputs, outputs);
        bias = UseBias ? Register("bias", BiasInitializer, [outputs], key, BiasRegularizer) : null;
        return weight;
    }

    internal override JsonObject DescribeOptions()
    {
        JsonObject description = base.DescribeOptions();
        KernelOptions usual = new();
        description["activation"] = activation.ToString();
        description["useBias"] = UseBias ? null : false;
        description["kernelInitializer"] = KernelInitializer == usual.KernelInitializer ? null : InitializerCatalogue.Describe(KernelInitializer);
        description["biasInitializer"] = BiasInitializer == usual.BiasInitializer ? null : InitializerCatalogue.Describe(BiasInitializer);
        description["kernelRegularizer"] = KernelRegularizer is null ? null : RegularizerCatalogue.Describe(KernelRegularizer);
        description["biasRegularizer"] = BiasRegularizer is null ? null : RegularizerCatalogue.Describe(BiasRegularizer);
        return description;
    }

    internal override void Restore(JsonAttributes attributes)
    {
        base.Restore(attributes);
        options = new KernelOptions
        {
            UseBias = attributes.Flag("useBias", options.UseBias),
            KernelInitializer = attributes.Initializer("kernelInitializer", options.KernelInitializer),
            BiasInitializer = attributes.Initializer("biasInitializer", options.BiasInitializer),
            KernelRegularizer = attributes.Regularizer("kernelRegularizer"),
            BiasRegularizer = attributes.Regularizer("biasRegularizer"),
        };
    }
}
