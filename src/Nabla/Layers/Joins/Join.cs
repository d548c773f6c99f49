using System.Text.Json.Nodes;

namespace Nabla.Layers;

/// <summary>Branches that all see the same input, their outputs joined to one.</summary>
public abstract class Join : Layer
{
    private readonly Layer[] branches;

    private protected Join(Layer[] branches)
    {
        ArgumentNullException.ThrowIfNull(branches);
        this.branches = branches.Length > 0 ? [.. branches] : throw new ArgumentException($"{Kind} expects one branch at least.", nameof(branches));
        for (int index = 0; index < branches.Length; index++)
        {
            ArgumentNullException.ThrowIfNull(branches[index], nameof(branches));
            Register(LayerStack.NameOf(branches[index], index), branches[index]);
        }
    }

    /// <summary>The branches; an empty <see cref="Chain"/> passes the input on.</summary>
    public IReadOnlyList<Layer> Branches => branches;

    /// <inheritdoc/>
    public override DataType InputType => branches[0].InputType;

    /// <inheritdoc/>
    public override Shape OutputShape(Shape input)
    {
        Shape[] outputs = [.. branches.Select(branch => branch.OutputShape(input))];
        return JoinedShape(outputs) ?? throw new ArgumentException(
            $"{Label} expects branches whose outputs {Condition} but got {string.Join(" and ", outputs.Select(Batched))}.");
    }

    /// <inheritdoc/>
    public override long MultiplyAdds(Shape input) => branches.Sum(branch => branch.MultiplyAdds(input));

    /// <inheritdoc/>
    public override JsonObject Describe() => new() { ["branches"] = new JsonArray([.. branches.Select(LayerCatalogue.Describe)]) };

    /// <inheritdoc/>
    protected sealed override Tensor Compute(Tensor input, ForwardContext context) => JoinAll([.. branches.Select(branch => branch.Forward(input, context))]);

    /// <inheritdoc/>
    protected override void CreateParameters(Shape input, RandomKey key)
    {
        for (int index = 0; index < branches.Length; index++)
        {
            branches[index].Build(input, key.Fold(index));
        }
    }

    /// <summary>What must hold of the outputs.</summary>
    private protected virtual string Condition => "have one shape";

    /// <summary>The shape of the joined outputs, without the batch; null when they cannot be joined.</summary>
    private protected virtual Shape? JoinedShape(Shape[] outputs) => outputs.All(output => output == outputs[0]) ? outputs[0] : null;

    /// <summary>The outputs as one.</summary>
    private protected abstract Tensor JoinAll(Tensor[] outputs);
}
