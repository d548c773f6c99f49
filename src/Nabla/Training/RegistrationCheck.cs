using Nabla.Layers;

namespace Nabla.Training;

/// <summary>
/// Objects to a parameter that a forward pass reads but no module of the model has registered: it would never be trained nor saved. The pass itself
/// runs as ever; when it was wrong, it runs again module by module to find who reads.
/// </summary>
internal sealed class RegistrationCheck(Module model)
{
    private readonly HashSet<Parameter> registered = [.. model.Parameters];

    /// <summary>Runs a forward pass and checks it.</summary>
    /// <exception cref="InvalidOperationException">It reads a parameter that is not registered.</exception>
    public Tensor Forward(Tensor input, ForwardContext context)
    {
        bool strange = false;
        Tensor output = Parameter.Watch(parameter => strange |= !registered.Contains(parameter), () => model.Forward(input, context));
        if (strange)
        {
            Reader reader = new(model);
            ForwardContext observed = new(context.Training, context.Key) { Observer = reader };
            Parameter.Watch(parameter => reader.Refuse(registered.Contains(parameter) ? null : parameter), () => model.Forward(input, observed));
        }

        return output;
    }

    /// <summary>Knows which modules run.</summary>
    private sealed class Reader(Module model) : ForwardObserver
    {
        private readonly HashSet<Module> known = [.. WithThoseWithin(model)];
        private readonly Stack<Module> running = [];

        public override void Enter(Module module) => running.Push(module);

        public override void Leave(Module module, Tensor output) => running.Pop();

        public void Refuse(Parameter? parameter)
        {
            if (parameter is null)
            {
                return;
            }

            Module reader = running.FirstOrDefault(known.Contains, model);
            string kind = (running.TakeWhile(module => module != reader).LastOrDefault() ?? parameter.Owner)?.Kind ?? "module";
            throw new InvalidOperationException(
                $"{reader.Label} reads the parameter '{parameter.FullName}' of a {kind} that is not part of the model, so it would not be trained: "
                + $"call Register with the {kind} in the constructor of {reader.Kind}.");
        }

        private static IEnumerable<Module> WithThoseWithin(Module module) => module.Children.Values.SelectMany(WithThoseWithin).Prepend(module);
    }
}
