using Nabla.Serving.Batching;
using Nabla.Serving.Repository;
using Nabla.Serving.Tensors;

namespace Nabla.Serving.Inference;

/// <summary>Checks the inputs of a request against a model, and puts them into its order, types and memory.</summary>
internal static class InputBinding
{
    /// <summary>Refuses what has other inputs than the model, or more rows than it takes, before anything is made of them.</summary>
    /// <exception cref="ServingException">An input is missing, unknown, twice there, or has too many rows; the message names it.</exception>
    public static void Require(InferenceRequest request, LoadedVersion version)
    {
        RequireNames(request.Inputs, version.Model.Inputs, version.Name);
        if (version.Options.MaxRows is { } most && version.Model.Batches)
        {
            RequireFewRows(request.Inputs, most);
        }
    }

    /// <summary>The request as the queue takes it.</summary>
    /// <param name="request">What is asked, of inputs that the model has.</param>
    /// <param name="version">Of which model.</param>
    /// <param name="given">The inputs, pictures and the like made into numbers.</param>
    /// <exception cref="ServingException">An input is of another type or shape; the message names it.</exception>
    public static PendingRequest Bind(InferenceRequest request, LoadedVersion version, IReadOnlyList<WireTensor> given)
    {
        IReadOnlyList<TensorSpec> specs = version.Model.Inputs;
        ReadOnlyMemory<byte>[] data = new ReadOnlyMemory<byte>[specs.Count];
        int[][] shapes = new int[specs.Count][];
        for (int index = 0; index < specs.Count; index++)
        {
            WireTensor tensor = Named(given, specs[index].Name);
            RequireShape(tensor, specs[index], version);
            data[index] = ElementConversion.ToModel(tensor, specs[index].Type);
            shapes[index] = tensor.Shape;
            if (!version.Options.AllowNonFinite)
            {
                ElementConversion.RequireFinite(tensor.Label, data[index].Span, specs[index].Type);
            }
        }

        return new PendingRequest { Inputs = data, Shapes = shapes, Rows = RowsOf(given, shapes, version), Priority = request.Priority };
    }

    private static void RequireFewRows(IReadOnlyList<WireTensor> given, int most)
    {
        if (given.FirstOrDefault(input => input.Shape is [var rows, ..] && rows > most) is { } input)
        {
            throw ServingException.Invalid($"{input.Label} expects at most {most} rows but got {input.Shape[0]}.");
        }
    }

    private static WireTensor Named(IReadOnlyList<WireTensor> given, string name)
    {
        int index = 0;
        while (given[index].Name != name)
        {
            index++;
        }

        return given[index];
    }

    private static void RequireNames(IReadOnlyList<WireTensor> given, IReadOnlyList<TensorSpec> specs, string model)
    {
        if (given is [{ } single] && specs is [{ } only] && single.Name == only.Name)
        {
            return;
        }

        string expected = $"Model '{model}' expects the inputs {string.Join(", ", specs.Select(spec => $"'{spec.Name}'"))}";
        HashSet<string> met = [];
        foreach (string name in given.Select(input => input.Name))
        {
            if (!specs.Any(spec => spec.Name == name))
            {
                throw ServingException.Invalid($"{expected} but got '{name}'.");
            }

            if (!met.Add(name))
            {
                throw ServingException.Invalid($"{expected} but got '{name}' twice.");
            }
        }

        if (specs.FirstOrDefault(spec => !met.Contains(spec.Name)) is { } missing)
        {
            throw ServingException.Invalid($"{expected} but got none called '{missing.Name}'.");
        }
    }

    private static void RequireShape(WireTensor tensor, TensorSpec spec, LoadedVersion version)
    {
        if (!spec.Takes(tensor.Shape, version.Model.Batches ? 1 : 0))
        {
            throw ServingException.Invalid($"{tensor.Label} expects {spec.ElementType.Name} {spec.Print()} but got {WireTensor.Print(tensor.Shape)}.");
        }

        if (tensor.ElementCount == 0)
        {
            throw ServingException.Invalid($"{tensor.Label} expects one row at least but got none: its shape is {WireTensor.Print(tensor.Shape)}.");
        }
    }

    private static int RowsOf(IReadOnlyList<WireTensor> given, int[][] shapes, LoadedVersion version)
    {
        if (!version.Model.Batches)
        {
            return 1;
        }

        int rows = shapes[0][0];
        return Array.TrueForAll(shapes, shape => shape[0] == rows)
            ? rows
            : throw ServingException.Invalid(
                $"Model '{version.Name}' expects inputs of one batch but got {string.Join(", ", given.Select(tensor => $"'{tensor.Name}' {WireTensor.Print(tensor.Shape)}"))}.");
    }
}
