using Nabla.Layers;

namespace Nabla.Training;

/// <summary>Follows a forward pass and objects to a parameter that no module of the model has registered: it would never be trained nor saved.</summary>
internal sealed class RegistrationCheck(Module model) : ForwardObserver
{
    private readonly HashSet<Parameter> registered = [.. model.Parameters];
    private readonly Stack<Module> running = [];

    public override void Enter(Module module) => running.Push(module);

    public override void Leave(Module module, Tensor output) => running.Pop();

    /// <summary>Runs a pass of which this is the observer.</summary>
    public T Run<T>(Func<T> pass) => Parameter.Watch(Require, pass);

    private void Require(Parameter parameter)
    {
        if (registered.Contains(parameter))
        {
            return;
        }

        HashSet<Module> known = [.. WithThoseWithin(model)];
        Module reader = running.FirstOrDefault(known.Contains, model);
        Module? stranger = running.TakeWhile(module => module != reader).LastOrDefault() ?? parameter.Owner;
        throw new InvalidOperationException(
            $"{reader.Label} reads the parameter '{parameter.FullName}' of a {stranger?.Kind ?? "module"} that is not part of the model, so it would not be trained: "
            + $"call Register with the {stranger?.Kind ?? "module"} in the constructor of {reader.Kind}.");
    }

    private static IEnumerable<Module> WithThoseWithin(Module module) => module.Children.Values.SelectMany(WithThoseWithin).Prepend(module);
}
