using System.Text.Json.Nodes;
using Nabla.Ops.Products;

namespace Nabla.Layers;

/// <summary>
/// A fully connected layer: <c>activation(x kernel + bias)</c>, from <c>[batch, ..., inputs]</c> to <c>[batch, ..., units]</c>; each row of
/// the last axis is treated alone. Its kernel has the shape <c>[inputs, units]</c>.
/// </summary>
/// <example>
/// <code>
/// Dense hidden = new(128, ActivationKind.Relu) { KernelInitializer = new HeNormal(), KernelRegularizer = new L2(1e-4) };
/// </code>
/// </example>
public sealed class Dense : KernelLayer
{
    private readonly int units;
    private GroupedWeight? grouped;

    /// <summary>A layer of a number of outputs.</summary>
    /// <param name="units">The number of outputs.</param>
    /// <param name="activation">What is applied to the outputs.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is not one output at least.</exception>
    public Dense(int units, ActivationKind activation = ActivationKind.Linear)
        : base(activation)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(units);
        this.units = units;
    }

    /// <inheritdoc/>
    public override Shape OutputShape(Shape input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return input.Rank > 0 && (InputShape is null || input[-1] == InputShape[-1]) ? input.With(-1, units) : throw Unfit(Expected, input);
    }

    /// <inheritdoc/>
    public override long MultiplyAdds(Shape input) => (long)OutputShape(input).ElementCount * input[-1];

    /// <inheritdoc/>
    public override JsonObject Describe() => new() { ["units"] = units };

    /// <inheritdoc/>
    protected override Tensor Compute(Tensor input, ForwardContext context)
    {
        int inputs = grouped?.Inputs ?? Kernel.Shape[0];
        if (input.Rank < 2 || input.Shape[-1] != inputs)
        {
            throw Unfit(Expected, input);
        }

        // The activation comes behind the reshape, so that it can go together with what follows in that shape.
        bool rectifies = Activation == ActivationKind.Relu && Bias is not null;
        Tensor outputs = Multiply(input.Reshape(-1, inputs), rectifies);
        Tensor shaped = input.Rank == 2 ? outputs : outputs.Reshape(input.Shape.With(-1, units).AsSpan());
        return rectifies ? shaped : Activation.Apply(shaped);
    }

    private string Expected => InputShape switch
    {
        null => "[batch, ..., inputs]",
        { Rank: 1 } => $"[batch, {InputShape[0]}]",
        _ => $"[batch, ..., {InputShape[-1]}]",
    };

    private Tensor Multiply(Tensor rows, bool rectifies)
    {
        if (grouped is null)
        {
            return Bias is { } bias ? new DenseProduct(rectifies).ApplyOne(rows, Kernel, bias) : rows.MatMul(Kernel);
        }

        Tensor product = grouped.Multiply(rows);
        Tensor sums = Bias is { } added ? product + added : product;
        return rectifies ? sums.Relu() : sums;
    }

    /// <inheritdoc/>
    protected override void CreateParameters(Shape input, RandomKey key)
    {
        ArgumentNullException.ThrowIfNull(input);
        if (WeightGroups is { } grouping)
        {
            grouped = CreateGroupedKernel(grouping, input[-1], units, key);
        }
        else
        {
            CreateKernel([input[-1], units], units, key);
        }
    }
}
