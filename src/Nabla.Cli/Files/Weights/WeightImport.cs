using Nabla.Cli.Commands;
using Nabla.Layers;

namespace Nabla.Cli.Files.Weights;

/// <summary>
/// Finds for each parameter of a network its tensor among those of a file: by the map, by its own name, or by the name and layout that it has in PyTorch.
/// Nothing changes unless all fit, or the user said that parts are enough.
/// </summary>
internal sealed class WeightImport(string path, Sequential network, ImportOptions options)
{
    private const int Shown = 10;

    private readonly WeightMap map = options.Map ?? WeightMap.Empty;
    private readonly HashSet<string> used = [];
    private readonly List<string> missing = [];
    private readonly List<string> unfit = [];

    /// <summary>Gives the network the tensors.</summary>
    /// <returns>What its user should know, each one line.</returns>
    /// <exception cref="UsageException">A parameter has no tensor, or one of another shape, or a tensor is left.</exception>
    public IReadOnlyList<string> Apply(IReadOnlyDictionary<string, Tensor> file)
    {
        IReadOnlyDictionary<string, Tensor> tensors = WithoutWrapper(file);
        PlacedParameter[] parameters = NetworkParameters.Of(network);
        RequireKnown(parameters);
        Dictionary<Parameter, Tensor> values = new(ReferenceEqualityComparer.Instance);
        foreach (PlacedParameter parameter in parameters)
        {
            if (Find(parameter, tensors) is { } value)
            {
                values[parameter.Parameter] = value;
            }
        }

        string[] left = [.. tensors.Keys.Where(name => !used.Contains(name) && !TorchLayout.IsNeedless(name))];
        RequireAll(left);
        foreach ((Parameter parameter, Tensor value) in values)
        {
            parameter.Value = value;
        }

        return [$"{values.Count} of {parameters.Length} parameters from {path}", .. Notes("kept as they were", missing), .. Notes("left in the file", left)];
    }

    // A file may have all of its tensors under one more name, such as 'module.' or 'model.'.
    private IReadOnlyDictionary<string, Tensor> WithoutWrapper(IReadOnlyDictionary<string, Tensor> file)
    {
        string[] heads = [.. file.Keys.Select(name => name.Split('.', 2)[0]).Distinct()];
        bool wrapped = heads is [{ } head] && options.Map is null && !network.Children.ContainsKey(head) && file.Keys.All(name => name.Length > head.Length);
        return wrapped ? file.ToDictionary(pair => pair.Key[(heads[0].Length + 1)..], pair => pair.Value) : file;
    }

    private Tensor? Find(PlacedParameter parameter, IReadOnlyDictionary<string, Tensor> tensors)
    {
        TorchTensor torch = TorchLayout.Of(parameter.Kind, parameter.Name);
        if (map.Tensor(parameter.FullName) is { } mapped)
        {
            return Take(parameter, [mapped.Name], tensors, found => Mapped(found[0], mapped, parameter, torch));
        }

        string module = map.ModulePath(parameter.Module);
        string own = Joined(module, parameter.Name);
        string[] there = [.. torch.Names.Select(name => Joined(module, name))];
        return tensors.ContainsKey(own) && tensors[own].Shape == parameter.Parameter.Type.Shape
            ? Take(parameter, [own], tensors, found => found[0])
            : Take(parameter, there, tensors, found => Converted(found, parameter, torch));
    }

    private static string Joined(string module, string name) => module.Length == 0 ? name : $"{module}.{name}";

    private Tensor? Take(PlacedParameter parameter, string[] names, IReadOnlyDictionary<string, Tensor> tensors, Func<Tensor[], Tensor?> convert)
    {
        if (!Array.TrueForAll(names, tensors.ContainsKey))
        {
            missing.Add(parameter.FullName);
            return null;
        }

        used.UnionWith(names);
        Tensor[] found = [.. names.Select(name => tensors[name])];
        Tensor? value = convert(found);
        if (value?.Shape != parameter.Parameter.Type.Shape)
        {
            unfit.Add($"'{parameter.FullName}' is {parameter.Parameter.Type} but '{names[0]}' is {found[0].Type}");
            return null;
        }

        return value.To(parameter.Parameter.Type.DataType);
    }

    private static Tensor? Mapped(Tensor tensor, MappedTensor mapped, PlacedParameter parameter, TorchTensor torch) => mapped.Axes is { } axes
        ? axes.Order().SequenceEqual(Enumerable.Range(0, tensor.Rank)) ? tensor.Transpose(axes) : null
        : tensor.Shape == parameter.Parameter.Type.Shape && !mapped.Name.EndsWith("weight", StringComparison.Ordinal)
            ? tensor
            : torch.Names.Length == 1 ? Converted([tensor], parameter, torch) : null;

    private static Tensor? Converted(Tensor[] found, PlacedParameter parameter, TorchTensor torch)
    {
        Tensor? value = torch.Convert(found, parameter.Parameter.Type.Shape);
        bool isFlattened = parameter is { Flattened: not null, Name: "kernel" } && value is not null;
        return isFlattened ? TorchLayout.ChannelsLast(value!, parameter.Flattened!) : value;
    }

    private void RequireKnown(PlacedParameter[] parameters)
    {
        string? unknown = map.Keys.FirstOrDefault(key =>
            !Array.Exists(parameters, parameter => parameter.FullName == key || parameter.Module == key || parameter.Module.StartsWith($"{key}.", StringComparison.Ordinal)));
        if (unknown is not null)
        {
            throw new UsageException($"--map names '{unknown}', but the architecture has no such parameter or layer: it has {List(parameters.Select(parameter => parameter.FullName))}.");
        }
    }

    private void RequireAll(string[] left)
    {
        if (unfit.Count == 0 && (options.Partial || (missing.Count == 0 && left.Length == 0)))
        {
            return;
        }

        string[] problems = [.. Notes("of another shape", unfit), .. Notes("without a tensor", missing), .. Notes("left in the file", left)];
        string advice = unfit.Count > 0 ? "" : "; say by --map FILE what belongs to what, or take what there is by --partial";
        throw new UsageException($"{path} does not fit the architecture: {string.Join("; ", problems)}{advice}.");
    }

    private static IEnumerable<string> Notes(string what, IReadOnlyCollection<string> names) => names.Count > 0 ? [$"{names.Count} {what}: {List(names)}"] : [];

    private static string List(IEnumerable<string> names)
    {
        string[] all = [.. names];
        return all.Length <= Shown ? string.Join(", ", all) : $"{string.Join(", ", all.Take(Shown))} and {all.Length - Shown} more";
    }
}
