using System.Text.Json.Nodes;
using Nabla.Ops.Convolutions;

namespace Nabla.Layers;

/// <summary>
/// Convolution of sequences: <c>activation(sequences * kernel + bias)</c>, from <c>[batch, time, channels]</c> to <c>[batch, newTime, filters]</c>,
/// where the new length is <c>(time + padding - ((kernelSize - 1) * dilation + 1)) / stride + 1</c>, or <c>time / stride</c>, rounded up, with
/// <see cref="Padding.Same"/>. Its kernel has the shape <c>[kernelSize, channels / groups, filters]</c>.
/// </summary>
/// <example>
/// <code>
/// Conv1D causal = new(32, 3, ActivationKind.Relu, padding: new Padding(before: 2, after: 0));
/// </code>
/// </example>
public sealed class Conv1D : KernelLayer
{
    private readonly int filters;
    private readonly int kernelSize;
    private readonly int stride;
    private readonly Padding padding;
    private readonly int dilation;
    private readonly int groups;

    /// <summary>A convolution of sequences.</summary>
    /// <param name="filters">The channels of the outputs.</param>
    /// <param name="kernelSize">The steps of the kernel.</param>
    /// <param name="activation">What is applied to the outputs.</param>
    /// <param name="stride">From one window to the next.</param>
    /// <param name="padding">The zeros before and behind each sequence; none by default.</param>
    /// <param name="dilation">From one element of a window to the next.</param>
    /// <param name="groups">In how many groups the channels are cut: each group of filters sees its group of channels alone.</param>
    /// <exception cref="ArgumentException">A number is out of range, or the filters are no multiple of the groups.</exception>
    public Conv1D(
        int filters, int kernelSize, ActivationKind activation = ActivationKind.Linear, int stride = 1, Padding padding = default, int dilation = 1,
        int groups = 1)
        : base(activation)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(kernelSize);
        (this.filters, this.kernelSize, this.stride, this.padding) = (Grouping.Checked(filters, groups), kernelSize, stride, padding.OfSequence);
        (this.dilation, this.groups) = (dilation, groups);
        LengthOf(1);
    }

    private string Expected => $"[batch, time, {(InputShape is null ? "channels" : $"{InputShape[1]}")}]";

    /// <inheritdoc/>
    public override Shape OutputShape(Shape input)
    {
        ArgumentNullException.ThrowIfNull(input);
        if (input.Rank != 2 || (InputShape is not null && input[1] != InputShape[1]))
        {
            throw Unfit(Expected, input);
        }

        if (input[1] % groups != 0)
        {
            throw Unfit($"[batch, time, channels] with a multiple of {groups} channels", input);
        }

        int length = LengthOf(input[0]);
        return length > 0
            ? [length, filters]
            : throw Unfit($"{Expected} with room for a kernel of {kernelSize} at dilation {dilation} and padding {padding}", input);
    }

    /// <inheritdoc/>
    public override long MultiplyAdds(Shape input) => (long)OutputShape(input).ElementCount * kernelSize * (input[1] / groups);

    /// <inheritdoc/>
    public override JsonObject Describe() => new()
    {
        ["filters"] = filters,
        ["kernelSize"] = kernelSize,
        ["stride"] = stride == 1 ? null : stride,
        ["padding"] = JsonAttributes.Of(padding),
        ["dilation"] = dilation == 1 ? null : dilation,
        ["groups"] = groups == 1 ? null : groups,
    };

    /// <inheritdoc/>
    protected override Tensor Compute(Tensor input, ForwardContext context)
    {
        if (input.Rank != 3 || input.Shape[2] != Built(InputShape)[1])
        {
            throw Unfit(Expected, input);
        }

        bool relu = Activation == ActivationKind.Relu;
        Tensor result = ConvolutionOps.ConvolveSequences(input, Kernel, Bias, stride, padding, dilation, groups, relu);
        return relu ? result : Activation.Apply(result);
    }

    /// <inheritdoc/>
    protected override void CreateParameters(Shape input, RandomKey key)
    {
        ArgumentNullException.ThrowIfNull(input);
        CreateKernel([kernelSize, input[1] / groups, filters], filters, key);
    }

    private int LengthOf(int time)
    {
        Size2D row = new(1, time);
        return Window.Over(Kind, row, new(1, kernelSize), new(1, stride), padding, new(1, dilation)).Count(row, new(1, kernelSize)).Width;
    }
}
