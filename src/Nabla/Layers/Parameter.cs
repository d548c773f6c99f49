using Nabla.Graphs;
using Nabla.Layers.Regularizers;

namespace Nabla.Layers;

/// <summary>A named cell that holds a tensor: the one thing of a model that changes.</summary>
public sealed class Parameter
{
    [ThreadStatic]
    private static Action<Parameter>? reading;

    private Cell cell;

    internal Parameter(string name, Tensor value)
    {
        Name = name;
        cell = new Cell(() => FullName, value);
    }

    /// <summary>The name within its module, such as <c>kernel</c>.</summary>
    public string Name { get; }

    /// <summary>The name with those of the modules around it, such as <c>encoder.0.kernel</c>.</summary>
    public string FullName => Owner is { Path.Length: > 0 } ? $"{Owner.Path}.{Name}" : Name;

    /// <summary>Whether gradients change it; running means are not trainable, and frozen weights are not.</summary>
    public bool Trainable { get; set; } = true;

    /// <summary>The penalty on its size that training adds to the loss; null for none.</summary>
    public Regularizer? Regularizer { get; set; }

    /// <summary>The current value.</summary>
    /// <exception cref="ArgumentException">The new value has another type or shape.</exception>
    public Tensor Value
    {
        get
        {
            reading?.Invoke(this);
            return cell.Value;
        }

        set => cell.Value = value?.Type == cell.Type
            ? value
            : throw new ArgumentException($"Parameter '{FullName}' holds {cell.Type} but got {value?.Type.ToString() ?? "null"}.");
    }

    /// <summary>The type and shape of the value.</summary>
    public TensorType Type => cell.Type;

    /// <summary>What holds the value.</summary>
    internal Cell Cell => cell;

    /// <summary>The module that registered it.</summary>
    internal Module? Owner { get; init; }

    /// <summary>Whether it was made for gradients to change, frozen or not.</summary>
    internal bool Learns { get; init; } = true;

    /// <summary>Runs a function of which <paramref name="read"/> is told each parameter that this thread reads.</summary>
    internal static T Watch<T>(Action<Parameter> read, Func<T> function)
    {
        Action<Parameter>? outer = reading;
        reading = read;
        try
        {
            return function();
        }
        finally
        {
            reading = outer;
        }
    }

    /// <summary>Holds the same numbers as another floating-point type from now on.</summary>
    internal void ConvertTo(DataType dataType)
    {
        if (Type.DataType.IsFloating && Type.DataType != dataType)
        {
            cell = new Cell(() => FullName, Value.To(dataType));
        }
    }
}
