namespace Nabla.Layers;

/// <summary>The values of a module's parameters, as one dictionary.</summary>
internal static class ModuleState
{
    private const int Listed = 5;

    public static IReadOnlyDictionary<string, Tensor> Of(Module module)
    {
        OrderedDictionary<string, Tensor> state = [];
        foreach ((string name, Parameter parameter) in module.NamedParameters)
        {
            state[name] = parameter.Original;
        }

        return state;
    }

    public static void Load(Module module, IReadOnlyDictionary<string, Tensor> state)
    {
        ArgumentNullException.ThrowIfNull(state);
        Dictionary<string, Parameter> parameters = module.NamedParameters.ToDictionary();
        string[] problems =
        [
            .. parameters.Select(pair => Problem(pair.Key, pair.Value, state.GetValueOrDefault(pair.Key))).OfType<string>(),
            .. state.Keys.Where(name => !parameters.ContainsKey(name)).Select(name => $"there is no parameter '{name}'"),
        ];
        if (problems.Length > 0)
        {
            string more = problems.Length > Listed ? $"; and {problems.Length - Listed} more" : string.Empty;
            throw new ArgumentException($"{module.Label} cannot take over the state: {string.Join("; ", problems.Take(Listed))}{more}.");
        }

        foreach ((string name, Parameter parameter) in parameters)
        {
            parameter.Value = state[name];
        }
    }

    private static string? Problem(string name, Parameter parameter, Tensor? value) => value switch
    {
        null => $"expected '{name}' of {parameter.Type}, got none",
        _ when value.Type != parameter.Type => $"expected '{name}' of {parameter.Type}, got {value.Type}",
        _ => null,
    };
}
