using Nabla.Formats;
using Nabla.Graphs;
using Nabla.Graphs.Free;
using Nabla.Layers;
using Nabla.Onnx.Export;

namespace Nabla.Onnx;

/// <summary>
/// Writes networks and functions in the ONNX format (onnx.ai). Batches stay open, weights keep the names of the parameters, and images are computed as the
/// format has them, channels first: they are turned around at most where they go in and come out.
/// </summary>
/// <example>
/// <code>
/// OnnxExport.Save("digits.onnx", network);
/// OnnxExport.Save("digits.onnx", ModelFolder.Load("digits.nabla"), new OnnxExportOptions { Opset = 20, ChannelsFirst = true });
/// </code>
/// </example>
public static class OnnxExport
{
    /// <summary>Writes a network.</summary>
    /// <param name="path">The file to create or replace.</param>
    /// <param name="network">The network.</param>
    /// <param name="options">How; null for the usual way.</param>
    /// <exception cref="NotSupportedException">The network has ops that the format has no operators for; the message names all of them.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Save(string path, Sequential network, OnnxExportOptions? options = null) => Write(path, Model(network, options), options);

    /// <summary>Writes a model, with its labels and its preprocessing as metadata.</summary>
    /// <param name="path">The file to create or replace.</param>
    /// <param name="model">The model.</param>
    /// <param name="options">How; null for the usual way.</param>
    /// <inheritdoc cref="Save(string, Sequential, OnnxExportOptions?)"/>
    public static void Save(string path, SavedModel model, OnnxExportOptions? options = null) => Write(path, Model(model, options), options);

    /// <summary>Writes a model of several inputs or outputs. Sizes that are open stay open.</summary>
    /// <param name="path">The file to create or replace.</param>
    /// <param name="model">The model.</param>
    /// <param name="options">How; null for the usual way.</param>
    /// <inheritdoc cref="Save(string, Sequential, OnnxExportOptions?)"/>
    public static void Save(string path, SavedGraph model, OnnxExportOptions? options = null) => Write(path, Model(model, options), options);

    /// <summary>Writes a module in use.</summary>
    /// <param name="path">The file to create or replace.</param>
    /// <param name="module">The module.</param>
    /// <param name="input">Its input.</param>
    /// <param name="options">How; null for the usual way.</param>
    /// <inheritdoc cref="Save(string, Sequential, OnnxExportOptions?)"/>
    public static void Save(string path, Module module, GraphInput input, OnnxExportOptions? options = null) => Write(path, Model(module, input, options), options);

    /// <summary>Writes a function of one tensor or more.</summary>
    /// <param name="path">The file to create or replace.</param>
    /// <param name="function">Computes tensors from tensors. Tensors that it captures are weights.</param>
    /// <param name="inputs">What it is given.</param>
    /// <param name="options">How; null for the usual way.</param>
    /// <inheritdoc cref="Save(string, Sequential, OnnxExportOptions?)"/>
    public static void Save(string path, Func<Tensor[], Tensor[]> function, IReadOnlyList<GraphInput> inputs, OnnxExportOptions? options = null) =>
        Write(path, Model(function, inputs, options), options);

    /// <summary>A network as the bytes of a file.</summary>
    /// <inheritdoc cref="Save(string, Sequential, OnnxExportOptions?)"/>
    public static byte[] ToBytes(Sequential network, OnnxExportOptions? options = null) => OnnxFile.ToBytes(Model(network, options));

    /// <summary>A model as the bytes of a file.</summary>
    /// <inheritdoc cref="Save(string, SavedModel, OnnxExportOptions?)"/>
    public static byte[] ToBytes(SavedModel model, OnnxExportOptions? options = null) => OnnxFile.ToBytes(Model(model, options));

    /// <summary>A model of several inputs or outputs as the bytes of a file.</summary>
    /// <inheritdoc cref="Save(string, SavedGraph, OnnxExportOptions?)"/>
    public static byte[] ToBytes(SavedGraph model, OnnxExportOptions? options = null) => OnnxFile.ToBytes(Model(model, options));

    /// <summary>A module as the bytes of a file.</summary>
    /// <inheritdoc cref="Save(string, Module, GraphInput, OnnxExportOptions?)"/>
    public static byte[] ToBytes(Module module, GraphInput input, OnnxExportOptions? options = null) => OnnxFile.ToBytes(Model(module, input, options));

    /// <summary>A function as the bytes of a file.</summary>
    /// <inheritdoc cref="Save(string, Func{Tensor[], Tensor[]}, IReadOnlyList{GraphInput}, OnnxExportOptions?)"/>
    public static byte[] ToBytes(Func<Tensor[], Tensor[]> function, IReadOnlyList<GraphInput> inputs, OnnxExportOptions? options = null) =>
        OnnxFile.ToBytes(Model(function, inputs, options));

    private static void Write(string path, UnwrittenModel model, OnnxExportOptions? options)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        OnnxFile.Write(path, model, options?.ExternalData);
    }

    private static UnwrittenModel Model(SavedModel model, OnnxExportOptions? options)
    {
        ArgumentNullException.ThrowIfNull(model);
        OnnxExportOptions given = options ?? new();
        OnnxExportOptions chosen = given with
        {
            Name = given.Name ?? model.Name,
            Outputs = given.Outputs.Count > 0 ? given.Outputs : [.. model.Signature.Outputs.Select(output => output.Name)],
        };
        return ModelExport.Of(Trace(model.Network, model.Signature.Inputs[0].Name, chosen), chosen, ModelMetadata.Of(model));
    }

    private static UnwrittenModel Model(SavedGraph model, OnnxExportOptions? options)
    {
        ArgumentNullException.ThrowIfNull(model);
        OnnxExportOptions given = options ?? new();
        OnnxExportOptions chosen = given with
        {
            Name = given.Name ?? model.Name,
            Outputs = given.Outputs.Count > 0 ? given.Outputs : [.. model.Network.Outputs.Select(output => output.Name)],
        };
        return ModelExport.Of(FreeInputs.Trace(model.Network.Compute, model.Network.Inputs, ExportPasses.Prepare), chosen, ModelMetadata.Of(model));
    }

    private static UnwrittenModel Model(Sequential network, OnnxExportOptions? options)
    {
        ArgumentNullException.ThrowIfNull(network);
        OnnxExportOptions chosen = options ?? new();
        return ModelExport.Of(Trace(network, "input", chosen), chosen, new Dictionary<string, string>());
    }

    private static UnwrittenModel Model(Module module, GraphInput input, OnnxExportOptions? options)
    {
        ArgumentNullException.ThrowIfNull(module);
        ArgumentNullException.ThrowIfNull(input);
        return Model(inputs => [module.Forward(inputs[0])], [input], options);
    }

    private static UnwrittenModel Model(Func<Tensor[], Tensor[]> function, IReadOnlyList<GraphInput> inputs, OnnxExportOptions? options)
    {
        ArgumentNullException.ThrowIfNull(function);
        ArgumentNullException.ThrowIfNull(inputs);
        FreeGraph graph = FreeInputs.Trace(function, inputs, ExportPasses.Prepare);
        return ModelExport.Of(graph, options ?? new(), new Dictionary<string, string>());
    }

    private static FreeGraph Trace(Sequential network, string name, OnnxExportOptions options)
    {
        bool freeBatch = options.FreeBatch && !IsForOneSample(network);
        return options.FreeTime
            ? FreeNetwork.Trace(network, name, ExportPasses.Prepare, freeBatch)
            : FreeNetwork.Trace(network, name, freeBatch ? [new FreeName(FreeName.Batch)] : [], ExportPasses.Prepare);
    }

    private static bool IsForOneSample(Module module) => module is GraphLayer { BatchSize: 1 } || module.Children.Values.Any(IsForOneSample);
}
