using Nabla.Layers.Initializers;
using Nabla.Layers.Regularizers;
using Nabla.Ops.Products;

namespace Nabla.Layers;

/// <summary>
/// A part of a network: parameters and further modules, each registered by name, and a forward pass. Derive from it to write a forward
/// pass of your own in <see cref="Compute"/>; register in the constructor all that the pass uses.
/// </summary>
/// <example>
/// A gated unit (Dauphin et al., Language Modeling with Gated Convolutional Networks, 2017), its parameters named <c>value.kernel</c>,
/// <c>value.bias</c>, <c>gate.kernel</c> and <c>gate.bias</c>:
/// <code>
/// public sealed class GatedUnit : Module
/// {
///     private readonly Dense value;
///     private readonly Dense gate;
///
///     public GatedUnit(int inputs, int units, RandomKey key)
///     {
///         value = Register("value", new Dense(units), [inputs], key);
///         gate = Register("gate", new Dense(units, ActivationKind.Sigmoid), [inputs], key);
///     }
///
///     protected override Tensor Compute(Tensor input, ForwardContext context) =>
///         value.Forward(input, context) * gate.Forward(input, context);
/// }
/// </code>
/// </example>
public abstract class Module
{
    private readonly OrderedDictionary<string, Parameter> parameters = [];
    private readonly OrderedDictionary<string, Module> children = [];
    private Module? owner;
    private string? ownName;

    /// <summary>The kind of module, such as <c>Dense</c>: the name in errors, tables and model files.</summary>
    public virtual string Kind => GetType().Name;

    /// <summary>The names under which this module and those around it are registered, joined by dots; empty for the outermost.</summary>
    public string Path => ownName is null ? GivenName : owner is { Path.Length: > 0 } ? $"{owner.Path}.{ownName}" : ownName;

    /// <summary>What errors call it: its kind and its path, such as <c>Dense 'head'</c>.</summary>
    public string Label => Path.Length == 0 ? Kind : $"{Kind} '{Path}'";

    /// <summary>Whether <see cref="Freeze()"/> holds.</summary>
    public bool Frozen { get; private set; }

    /// <summary>The modules within this one, by name.</summary>
    public IReadOnlyDictionary<string, Module> Children => children;

    /// <summary>All parameters of this module and those within, with dotted names such as <c>0.kernel</c>, in the order of registration.</summary>
    public IEnumerable<KeyValuePair<string, Parameter>> NamedParameters
    {
        get
        {
            foreach ((string name, Parameter parameter) in parameters)
            {
                yield return new(name, parameter);
            }

            foreach ((string child, Module module) in children)
            {
                foreach ((string name, Parameter parameter) in module.NamedParameters)
                {
                    yield return new($"{child}.{name}", parameter);
                }
            }
        }
    }

    /// <summary>All parameters of this module and those within.</summary>
    public IReadOnlyList<Parameter> Parameters => [.. NamedParameters.Select(pair => pair.Value)];

    /// <summary>The parameters that gradients change, with their dotted names.</summary>
    public IEnumerable<KeyValuePair<string, Parameter>> TrainableParameters => NamedParameters.Where(pair => pair.Value.Trainable);

    /// <summary>The numbers of all parameters, trainable or not.</summary>
    public long ParameterCount => Parameters.Sum(parameter => (long)parameter.Type.Shape.ElementCount);

    /// <summary>The parameters of this module without those of the modules within.</summary>
    internal IEnumerable<Parameter> OwnParameters => parameters.Values;

    /// <summary>The name that a module has before it is registered.</summary>
    private protected virtual string GivenName => string.Empty;

    /// <summary>Where the values of parameters are, by full name and type; null, or a null of it, where initializers make them.</summary>
    private protected virtual Func<string, TensorType, Tensor?>? Stored => owner?.Stored;

    /// <summary>How the weights of products are held where they are in few bits; null for as floats.</summary>
    private protected virtual WeightGrouping? WeightGroups => owner?.WeightGroups;

    /// <summary>Computes the output.</summary>
    /// <param name="input">One batch, <c>[batch, ...]</c>.</param>
    /// <param name="context">How the pass is meant.</param>
    public Tensor Forward(Tensor input, ForwardContext context)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(context);
        context.Observer?.Enter(this);
        Tensor output = Compute(input, context);
        context.Observer?.Leave(this, output);
        return output;
    }

    /// <summary>Computes the output as in use: nothing is dropped, nothing learnt.</summary>
    /// <param name="input">One batch, <c>[batch, ...]</c>.</param>
    public Tensor Forward(Tensor input) => Forward(input, ForwardContext.Inference);

    /// <summary>The values of all parameters by their dotted names, in the order of registration.</summary>
    public IReadOnlyDictionary<string, Tensor> State() => ModuleState.Of(this);

    /// <summary>Takes over the values of all parameters. Nothing changes unless all of them fit.</summary>
    /// <param name="state">A value of the right type and shape for each parameter, by its dotted name, and nothing else.</param>
    /// <exception cref="ArgumentException">A value is missing, unknown, or of another type or shape; the message lists which.</exception>
    public void Load(IReadOnlyDictionary<string, Tensor> state) => ModuleState.Load(this, state);

    /// <summary>
    /// Keeps all parameters as they are in training, those of the modules within too. Frozen layers compute as in use: batch normalisation takes
    /// and keeps what it remembers, dropout drops nothing.
    /// </summary>
    public void Freeze() => SetFrozen(true);

    /// <summary>
    /// Keeps the parameters whose names match as they are in training. A module within of which all parameters match is frozen as a whole, see
    /// <see cref="Freeze()"/>.
    /// </summary>
    /// <param name="patterns">Dotted names, where <c>*</c> stands for any characters, dots too, and <c>?</c> for any one: <c>encoder.*</c>.</param>
    /// <exception cref="ArgumentException">A pattern matches no parameter.</exception>
    public void Freeze(params string[] patterns)
    {
        NamePattern.Require(patterns, this);
        FreezeWhere(name => patterns.Any(pattern => NamePattern.Matches(pattern, name)), string.Empty);
    }

    /// <summary>Lets gradients change again what they changed before <see cref="Freeze()"/>; running means stay as they are made.</summary>
    public void Unfreeze() => SetFrozen(false);

    /// <summary>Lets gradients change again the parameters whose names match; the modules that hold them are no longer frozen as a whole.</summary>
    /// <inheritdoc cref="Freeze(string[])"/>
    public void Unfreeze(params string[] patterns)
    {
        NamePattern.Require(patterns, this);
        UnfreezeWhere(name => patterns.Any(pattern => NamePattern.Matches(pattern, name)), string.Empty);
    }

    /// <summary>
    /// Computes with another floating-point type from now on: the parameters are converted, and inputs are to have that type. Convert a model
    /// before it is trained or compiled: what was made from it before goes on with the former parameters.
    /// </summary>
    /// <param name="dataType">float32 or float64.</param>
    /// <exception cref="ArgumentException">The type is not a floating-point one.</exception>
    public void ConvertTo(DataType dataType)
    {
        if (!dataType.IsFloating)
        {
            throw new ArgumentException($"{Label} computes with float32 or float64, not with {dataType.Label}.", nameof(dataType));
        }

        foreach (Parameter parameter in Parameters)
        {
            parameter.ConvertTo(dataType);
        }
    }

    /// <summary>A table of the layers with their output shapes, parameters and multiply-adds; print it.</summary>
    public ModuleSummary Summary() => ModuleSummary.Of(this);

    /// <summary>
    /// Computes the output: what a module of one's own overrides. Modules within are called through their
    /// <see cref="Forward(Tensor, ForwardContext)"/>.
    /// </summary>
    /// <param name="input">One batch, <c>[batch, ...]</c>.</param>
    /// <param name="context">How the pass is meant; handed on to the modules within.</param>
    protected abstract Tensor Compute(Tensor input, ForwardContext context);

    /// <summary>Adds a parameter.</summary>
    /// <param name="name">Its name within this module.</param>
    /// <param name="value">Its first value.</param>
    /// <param name="trainable">Whether gradients change it; others are changed by <see cref="ForwardContext.Update"/> alone.</param>
    /// <param name="regularizer">The penalty on its size; null for none.</param>
    /// <exception cref="ArgumentException">There is one of that name already, or the name has a dot.</exception>
    protected internal Parameter Register(string name, Tensor value, bool trainable = true, Regularizer? regularizer = null)
    {
        RequireFree(name);
        return parameters[name] = new Parameter(name, value)
        {
            Owner = this,
            Learns = trainable,
            Trainable = trainable && !Frozen,
            Regularizer = regularizer,
        };
    }

    /// <summary>Adds a parameter with the first values that an initializer gives.</summary>
    /// <param name="name">Its name within this module.</param>
    /// <param name="initializer">What makes the first value.</param>
    /// <param name="shape">Its shape.</param>
    /// <param name="key">Where random values come from, folded with the name.</param>
    /// <param name="regularizer">The penalty on its size; null for none.</param>
    /// <exception cref="ArgumentException">There is one of that name already, or the name has a dot.</exception>
    protected Parameter Register(string name, Initializer initializer, Shape shape, RandomKey key, Regularizer? regularizer = null)
    {
        ArgumentNullException.ThrowIfNull(initializer);
        return Register(name, FirstValue(name, initializer, shape, key), trainable: true, regularizer);
    }

    /// <summary>Takes parameters of this module away again.</summary>
    internal void Forget(IEnumerable<Parameter> gone)
    {
        foreach (Parameter parameter in gone)
        {
            parameters.Remove(parameter.Name);
        }
    }

    /// <summary>Adds a parameter that is not learnt by gradients but remembered, with the first values that an initializer gives.</summary>
    private protected Parameter RegisterRemembered(string name, Initializer initializer, Shape shape, RandomKey key) =>
        Register(name, FirstValue(name, initializer, shape, key), trainable: false);

    /// <summary>Adds a weight of products in few bits, as it is stored, or of zeros.</summary>
    private protected GroupedWeight RegisterGrouped(string name, WeightGrouping grouping, int inputs, int outputs)
    {
        GroupedFormat format = grouping.For(inputs);
        (TensorType packed, TensorType scales) = format.TypesFor(outputs);
        return new GroupedWeight(format, RegisterStored(name + GroupedWeight.PackedSuffix, packed), RegisterStored(name + GroupedWeight.ScaleSuffix, scales));
    }

    /// <summary>Adds a module within this one.</summary>
    /// <param name="name">Its name within this module.</param>
    /// <param name="module">A module that is registered nowhere else.</param>
    /// <exception cref="ArgumentException">There is one of that name already, the name has a dot, or the module has another place.</exception>
    protected internal TModule Register<TModule>(string name, TModule module)
        where TModule : Module
    {
        ArgumentNullException.ThrowIfNull(module);
        RequireFree(name);
        if (module.owner is { } other)
        {
            throw new ArgumentException(
                $"{Label} cannot register a {module.Kind} as '{name}': it is '{module.ownName}' of {other.Label} already, and a module has one place.");
        }

        for (Module? outer = this; outer is not null; outer = outer.owner)
        {
            if (outer == module)
            {
                throw new ArgumentException($"{Label} cannot register as '{name}' the {module.Kind} that it is part of.");
            }
        }

        (module.owner, module.ownName) = (this, name);
        children[name] = module;
        if (Frozen)
        {
            module.Freeze();
        }

        return module;
    }

    /// <summary>Adds a layer within this module and builds it.</summary>
    /// <param name="name">Its name within this module.</param>
    /// <param name="layer">A layer that is registered nowhere else.</param>
    /// <param name="input">The shape of one of its inputs, without the batch.</param>
    /// <param name="key">Where initial values come from, folded with the name.</param>
    protected TLayer Register<TLayer>(string name, TLayer layer, Shape input, RandomKey key)
        where TLayer : Layer
    {
        Register(name, layer).Build(input, key.Fold(name));
        return layer;
    }

    private Parameter RegisterStored(string name, TensorType type) =>
        Register(name, Stored?.Invoke(Path.Length == 0 ? name : $"{Path}.{name}", type) ?? Tensor.Zeros(type.Shape, type.DataType), trainable: false);

    // A stored value is asked for by its type, so that no file makes us allocate more than it holds.
    private Tensor FirstValue(string name, Initializer initializer, Shape shape, RandomKey key) =>
        Stored?.Invoke(Path.Length == 0 ? name : $"{Path}.{name}", new TensorType(DataType.Float32, shape)) ?? initializer.Create(shape, key.Fold(name));

    private void SetFrozen(bool frozen)
    {
        Frozen = frozen;
        foreach (Parameter parameter in parameters.Values)
        {
            parameter.Trainable = parameter.Learns && !frozen;
        }

        foreach (Module child in children.Values)
        {
            child.SetFrozen(frozen);
        }
    }

    private void FreezeWhere(Func<string, bool> isChosen, string prefix)
    {
        string[] names = [.. NamedParameters.Select(pair => prefix + pair.Key)];
        if (names.Length > 0 && names.All(isChosen))
        {
            SetFrozen(true);
            return;
        }

        foreach ((string name, Parameter parameter) in parameters)
        {
            parameter.Trainable &= !isChosen(prefix + name);
        }

        foreach ((string name, Module child) in children)
        {
            child.FreezeWhere(isChosen, $"{prefix}{name}.");
        }
    }

    // What has no parameters, such as dropout, goes with the module that it is part of.
    private bool UnfreezeWhere(Func<string, bool> isChosen, string prefix)
    {
        string[] chosen = [.. parameters.Keys.Where(name => isChosen(prefix + name))];
        bool any = chosen.Length > 0;
        foreach (string name in chosen)
        {
            parameters[name].Trainable = parameters[name].Learns;
        }

        foreach ((string name, Module child) in children)
        {
            any |= child.UnfreezeWhere(isChosen, $"{prefix}{name}.");
        }

        if (any)
        {
            Frozen = false;
            children.Values.Where(child => child.Parameters.Count == 0).ToList().ForEach(child => child.SetFrozen(false));
        }

        return any;
    }

    private void RequireFree(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (name.Contains('.', StringComparison.Ordinal))
        {
            throw new ArgumentException($"{Label} cannot register '{name}': dots stand between the names of modules.");
        }

        if (parameters.ContainsKey(name) || children.ContainsKey(name))
        {
            throw new ArgumentException($"{Label} has a part '{name}' already: names within a module differ.");
        }
    }
}
