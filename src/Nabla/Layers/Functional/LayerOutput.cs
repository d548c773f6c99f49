namespace Nabla.Layers;

/// <summary>What a layer of a <see cref="Functional"/> gives, for further layers to take; made by <see cref="Functional.Input"/>.</summary>
public sealed class LayerOutput
{
    private readonly List<FunctionalNode> plan;

    internal LayerOutput(List<FunctionalNode> plan, int place) => (this.plan, Place) = (plan, place);

    /// <summary>The number of its node: 0 for the input, from 1 on in the order in which they were made.</summary>
    internal int Place { get; }

    /// <summary>The output of layers in a row, the first of which takes this one.</summary>
    /// <param name="layers">The layers in order, each for this place alone: a layer has one place in one network.</param>
    public LayerOutput Then(params Layer[] layers)
    {
        ArgumentNullException.ThrowIfNull(layers);
        return layers.Aggregate(this, (output, layer) => output.Behind(layer));
    }

    /// <summary>Several outputs as one.</summary>
    /// <exception cref="ArgumentException">There are not several, or they come from different inputs.</exception>
    internal static LayerOutput Join(JoinKind kind, LayerOutput[] outputs, int axis = -1)
    {
        ArgumentNullException.ThrowIfNull(outputs);
        if (outputs.Length < 2 || outputs.Any(output => output?.plan != outputs[0]?.plan))
        {
            throw new ArgumentException($"{kind} expects several outputs that come from one input.", nameof(outputs));
        }

        return outputs[0].Append(FunctionalNode.Of(kind, axis, [.. outputs.Select(output => output.Place)]));
    }

    /// <summary>The nodes from an input to this output, in order.</summary>
    /// <exception cref="ArgumentException">The output does not come from the input, or nothing lies between them.</exception>
    internal FunctionalNode[] NodesFrom(LayerOutput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return input.plan == plan && input.Place == 0 && Place > 0
            ? FunctionalNode.Leading(plan, Place)
            : throw new ArgumentException("A functional network expects what Functional.Input gave, and an output of layers that come from it.", nameof(input));
    }

    private LayerOutput Behind(Layer layer)
    {
        ArgumentNullException.ThrowIfNull(layer);
        return Append(FunctionalNode.Of(layer, Place));
    }

    private LayerOutput Append(FunctionalNode node)
    {
        plan.Add(node);
        return new LayerOutput(plan, plan.Count);
    }
}
