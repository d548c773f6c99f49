using Nabla.Layers.Regularizers;

namespace Nabla.Layers;

/// <summary>A part of a network: parameters and further modules, each registered by name, and a forward pass.</summary>
public abstract class Module
{
    private readonly OrderedDictionary<string, Parameter> parameters = [];
    private readonly OrderedDictionary<string, Module> children = [];

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
    public long ParameterCount => Parameters.Sum(parameter => (long)parameter.Value.ElementCount);

    /// <summary>Computes the output.</summary>
    /// <param name="input">One batch, <c>[batch, ...]</c>.</param>
    /// <param name="context">How the pass is meant.</param>
    public Tensor Forward(Tensor input, ForwardContext context)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(context);
        Tensor output = Compute(input, context);
        context.Observer?.Invoke(this, output);
        return output;
    }

    /// <summary>Computes the output as in use: nothing is dropped, nothing learnt.</summary>
    /// <param name="input">One batch, <c>[batch, ...]</c>.</param>
    public Tensor Forward(Tensor input) => Forward(input, ForwardContext.Inference);

    /// <summary>Computes the output: what a module of one's own overrides. Modules within are called through their <see cref="Forward(Tensor, ForwardContext)"/>.</summary>
    /// <param name="input">One batch, <c>[batch, ...]</c>.</param>
    /// <param name="context">How the pass is meant; handed on to the modules within.</param>
    protected abstract Tensor Compute(Tensor input, ForwardContext context);

    /// <summary>Adds a parameter.</summary>
    /// <param name="name">Its name within this module.</param>
    /// <param name="value">Its first value.</param>
    /// <param name="trainable">Whether gradients change it; others are changed by <see cref="ForwardContext.Update"/> alone.</param>
    /// <param name="regularizer">The penalty on its size; null for none.</param>
    /// <exception cref="ArgumentException">There is one of that name already.</exception>
    protected Parameter Register(string name, Tensor value, bool trainable = true, Regularizer? regularizer = null)
    {
        Parameter parameter = new(name, value) { Trainable = trainable, Regularizer = regularizer };
        return parameters.TryAdd(name, parameter) ? parameter : throw new ArgumentException($"There is a parameter '{name}' already.");
    }

    /// <summary>Adds a module within this one.</summary>
    protected TModule Register<TModule>(string name, TModule module)
        where TModule : Module => children.TryAdd(name, module) ? module : throw new ArgumentException($"There is a module '{name}' already.");
}
