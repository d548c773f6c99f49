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

    /// <summary>What layers compute with: what is held, through the <see cref="Parametrization"/> if there is one. Setting it changes what is held.</summary>
    /// <exception cref="ArgumentException">The new value has another type or shape.</exception>
    public Tensor Value
    {
        get => Parametrization is null ? Original : Checked(Parametrization.Apply(Original));
        set => cell.Value = Checked(value);
    }

    /// <summary>What is held, trained and saved: <see cref="Value"/> without the <see cref="Parametrization"/>.</summary>
    public Tensor Original
    {
        get
        {
            reading?.Invoke(this);
            return cell.Value;
        }
    }

    /// <summary>What stands between what is held and what layers compute with; null for nothing.</summary>
    public Parametrization? Parametrization { get; private set; }

    /// <summary>The type and shape of the value.</summary>
    public TensorType Type => cell.Type;

    /// <summary>What holds the value.</summary>
    internal Cell Cell => cell;

    /// <summary>The module that registered it.</summary>
    internal Module? Owner { get; init; }

    /// <summary>Whether it was made for gradients to change, frozen or not.</summary>
    internal bool Learns { get; init; } = true;

    /// <summary>
    /// Lets layers compute with a function of what is held from now on. What was compiled before goes on without it, so do this before training or use.
    /// </summary>
    /// <param name="parametrization">The function, which is put on no other parameter.</param>
    /// <exception cref="ArgumentException">The function does not fit, or gives a tensor of another type or shape; nothing has changed.</exception>
    /// <exception cref="InvalidOperationException">There is one already.</exception>
    public void Parametrize(Parametrization parametrization)
    {
        ArgumentNullException.ThrowIfNull(parametrization);
        if (Parametrization is not null)
        {
            throw new InvalidOperationException($"Parameter '{FullName}' has a {Parametrization.GetType().Name} already: take it off first.");
        }

        try
        {
            parametrization.Attach(this);
            Checked(parametrization.Apply(Original));
        }
        catch
        {
            Owner?.Forget(parametrization.Parameters.Values);
            throw;
        }

        Parametrization = parametrization;
    }

    /// <summary>Takes the function off again; its own parameters are gone with it.</summary>
    /// <param name="keepValue">Whether the value that layers have computed with is held from now on, so that nothing changes for them.</param>
    public void Unparametrize(bool keepValue)
    {
        if (Parametrization is { } parametrization)
        {
            Tensor value = keepValue ? Value : Original;
            Parametrization = null;
            Owner?.Forget(parametrization.Parameters.Values);
            Value = value;
        }
    }

    /// <summary>Adds a parameter beside this one, in the same module.</summary>
    internal Parameter RegisterBeside(string suffix, Tensor value, bool trainable) => Owner is null
        ? throw new InvalidOperationException($"Parameter '{Name}' is of no module, so nothing can stand beside it.")
        : Owner.Register($"{Name}_{suffix}", value, trainable, regularizer: null);

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
            cell = new Cell(() => FullName, Original.To(dataType));
        }
    }

    private Tensor Checked(Tensor? value) => value?.Type == cell.Type
        ? value
        : throw new ArgumentException($"Parameter '{FullName}' holds {cell.Type} but got {value?.Type.ToString() ?? "null"}.");
}
