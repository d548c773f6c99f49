using Nabla.Formats;
using Nabla.Layers;

namespace Nabla.Compression;

/// <summary>
/// How PEFT calls and lays out parameters that are trained as they are beside low-rank updates, its <c>modules_to_save</c> and biases: kernels, gains and
/// tables are <c>MODULE.weight</c>, and a bias of a layer that has an update is <c>MODULE.base_layer.bias</c>. Kernels are the transposes of ours.
/// </summary>
/// <param name="network">The base.</param>
/// <param name="targets">The weights that have an update, by their dotted names.</param>
internal sealed class WholeParameters(Module network, IEnumerable<string> targets)
{
    private const string Kernel = "kernel";
    private const string Bias = "bias";
    private const string Wrapped = "base_layer.";
    private static readonly HashSet<string> Weights = [Kernel, "scale", "embeddings"];

    private readonly HashSet<string> updated = [.. targets.Select(AdapterNames.ModuleOf)];

    /// <summary>Whether a parameter is a bias.</summary>
    public static bool IsBias(string name) => Split(name).Own == Bias;

    /// <summary>The modules that PEFT has to train as a whole for these parameters: biases have a setting of their own.</summary>
    public static IEnumerable<string> ModulesOf(IEnumerable<KeyValuePair<string, Parameter>> parameters) =>
        parameters.Select(pair => pair.Key).Where(name => !IsBias(name)).Select(name => Split(name).Module.TrimEnd('.')).Distinct();

    /// <summary>Parameters as PEFT has them.</summary>
    public IEnumerable<KeyValuePair<string, Tensor>> ToPeft(IEnumerable<KeyValuePair<string, Parameter>> parameters)
    {
        foreach ((string name, Parameter parameter) in parameters)
        {
            (string module, string own) = Split(name);
            string wrapper = updated.Contains(module.TrimEnd('.')) ? Wrapped : string.Empty;
            Tensor value = own == Kernel ? AdapterNames.KernelToPeft(parameter.Value) : parameter.Value;
            yield return new(AdapterNames.Prefix + module + wrapper + PeftName(own), value);
        }
    }

    /// <summary>The values that a file has beside the matrices of updates, by the dotted names of our parameters.</summary>
    /// <exception cref="InvalidFileException">The network has no such parameter, or of another shape.</exception>
    public IReadOnlyList<KeyValuePair<string, Tensor>> FromPeft(SafetensorsFile file)
    {
        ILookup<string, KeyValuePair<string, Parameter>> known = network.NamedParameters
            .Where(pair => pair.Value.Learns)
            .ToLookup(pair => AdapterNames.Prefix + Split(pair.Key).Module + PeftName(Split(pair.Key).Own));
        return [.. file.Keys.Where(key => AdapterNames.ModuleOfMatrix(key) is null).Select(key => Read(file, key, known))];
    }

    private static KeyValuePair<string, Tensor> Read(SafetensorsFile file, string key, ILookup<string, KeyValuePair<string, Parameter>> known)
    {
        string plain = key.Replace($".{Wrapped}", ".", StringComparison.Ordinal);
        if (!known.Contains(plain))
        {
            throw AdapterBase.Error(file, $"the adapter is for another base: it holds '{key}', and no parameter of the base is called so");
        }

        (string name, Parameter parameter) = known[plain].First();
        bool isKernel = Split(name).Own == Kernel;
        Shape shape = parameter.Type.Shape;
        Tensor value = AdapterBase.Find(file, key, isKernel ? AdapterNames.PeftKernel(shape) : shape);
        return new(name, isKernel ? AdapterNames.KernelFromPeft(value) : value);
    }

    private static string PeftName(string own) => Weights.Contains(own) ? "weight" : own;

    // "2.norm.scale" is "2.norm." and "scale".
    private static (string Module, string Own) Split(string name)
    {
        int end = name.LastIndexOf('.') + 1;
        return (name[..end], name[end..]);
    }
}
