using Nabla.Graphs;
using Nabla.Graphs.Passes;
using Nabla.Layers;
using Nabla.Optimizers;
using Nabla.Transforms;

namespace Nabla.Training;

/// <summary>
/// The optimizer's change of all parameters as a graph: values and what is remembered of them are written in place. There is a graph for each number
/// of rows that gradients come with.
/// </summary>
internal sealed class CompiledUpdate
{
    private readonly Optimizer optimizer;
    private readonly IReadOnlyList<KeyValuePair<string, Parameter>> parameters;
    private readonly SignatureCache<Executable> executables;
    private bool[] byRows = [];
    private Tensor[] arguments = [];
    private TensorType[] signature = [];

    public CompiledUpdate(Optimizer optimizer, IReadOnlyList<KeyValuePair<string, Parameter>> parameters)
    {
        (this.optimizer, this.parameters) = (optimizer, parameters);
        executables = new(types => new Executable(Trace(types)));
    }

    /// <summary>Takes one step of the optimizer.</summary>
    /// <param name="gradients">One for each parameter.</param>
    public void Apply(ParameterGradient[] gradients)
    {
        optimizer.Advance();
        Flatten(gradients);
        executables.Find(signature).Execute(arguments);
    }

    private void Flatten(ParameterGradient[] gradients)
    {
        int count = gradients.Length;
        foreach (ParameterGradient gradient in gradients)
        {
            count += gradient.Rows is null ? 0 : 1;
        }

        if (arguments.Length != count)
        {
            (byRows, arguments, signature) = (new bool[gradients.Length], new Tensor[count], new TensorType[count]);
        }

        int next = 0;
        for (int index = 0; index < gradients.Length; index++)
        {
            byRows[index] = gradients[index].Rows is not null;
            arguments[next++] = gradients[index].Values;
            if (gradients[index].Rows is { } rows)
            {
                arguments[next++] = rows;
            }
        }

        for (int index = 0; index < count; index++)
        {
            signature[index] = arguments[index].Type;
        }
    }

    private Graph Trace(TensorType[] types)
    {
        string[] names = [.. parameters.SelectMany((pair, index) => byRows[index]
            ? (string[])[$"gradient of {pair.Key}", $"rows of {pair.Key}"]
            : [$"gradient of {pair.Key}"])];
        return Tracer.Trace(
            tensors =>
            {
                int next = 0;
                optimizer.Change(parameters, [.. byRows.Select(rows => new ParameterGradient(tensors[next++], rows ? tensors[next++] : null))]);
                return [];
            },
            [.. names.Zip(types)]).Optimize();
    }
}
