using System.Text.Json.Nodes;

namespace Nabla.Layers;

/// <summary>A module whose output shape follows from its input shape, and which makes its parameters when it learns that shape.</summary>
public abstract class Layer : Module
{
    /// <summary>The kind of layer, such as <c>Dense</c>: the name in model files and tables.</summary>
    public virtual string Kind => GetType().Name;

    /// <summary>The shape of one input, without the batch; null until built.</summary>
    public Shape? InputShape { get; private set; }

    /// <summary>The shape of one output, without the batch.</summary>
    /// <exception cref="ArgumentException">The layer does not take such inputs.</exception>
    public abstract Shape OutputShape(Shape input);

    /// <summary>Makes the parameters for inputs of a shape.</summary>
    /// <param name="input">The shape of one input, without the batch.</param>
    /// <param name="key">Where initial values come from.</param>
    /// <exception cref="InvalidOperationException">The layer was built already.</exception>
    public void Build(Shape input, RandomKey key)
    {
        if (InputShape is not null)
        {
            throw new InvalidOperationException($"This {Kind} was built already, for {InputShape}: a layer has one place in one network.");
        }

        OutputShape(input);
        InputShape = input;
        CreateParameters(input, key);
    }

    /// <summary>The multiply-adds that one input costs.</summary>
    public virtual long MultiplyAdds(Shape input) => 0;

    /// <summary>The attributes, for the model file.</summary>
    public abstract JsonObject Describe();

    /// <summary>Makes the parameters; a layer without any does nothing.</summary>
    protected virtual void CreateParameters(Shape input, RandomKey key)
    {
    }
}
