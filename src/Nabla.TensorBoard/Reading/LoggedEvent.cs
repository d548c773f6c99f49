namespace Nabla.TensorBoard;

/// <summary>Something that a run has written.</summary>
/// <param name="Tag">What it is called; empty for a graph.</param>
/// <param name="Step">The step or epoch that it belongs to.</param>
/// <param name="Time">When it was written.</param>
/// <param name="Value">What it is.</param>
public sealed record LoggedEvent(string Tag, long Step, DateTimeOffset Time, LoggedValue Value);

/// <summary>What a run has written at a step.</summary>
public abstract record LoggedValue;

/// <summary>A number.</summary>
/// <param name="Value">The number.</param>
public sealed record LoggedScalar(double Value) : LoggedValue;

/// <summary>How numbers are distributed.</summary>
/// <param name="Buckets">In growing order, each from <c>Left</c> to <c>Right</c> with so many numbers in it.</param>
public sealed record LoggedHistogram(IReadOnlyList<(double Left, double Right, double Count)> Buckets) : LoggedValue;

/// <summary>A picture.</summary>
/// <param name="Content">The encoded file, usually PNG.</param>
/// <param name="Height">Rows of pixels.</param>
/// <param name="Width">Columns of pixels.</param>
public sealed record LoggedImage(ReadOnlyMemory<byte> Content, int Height, int Width) : LoggedValue;

/// <summary>A text.</summary>
/// <param name="Markdown">The text.</param>
public sealed record LoggedText(string Markdown) : LoggedValue;

/// <summary>What a run was started with.</summary>
/// <param name="Values">Texts, numbers and booleans as texts, by name.</param>
public sealed record LoggedHyperparameters(IReadOnlyDictionary<string, string> Values) : LoggedValue;

/// <summary>A graph.</summary>
/// <param name="Nodes">Name and op of each node.</param>
public sealed record LoggedGraph(IReadOnlyList<(string Name, string Op)> Nodes) : LoggedValue;

/// <summary>The run was gone on with: what its older files have from this step on does not count.</summary>
public sealed record LoggedResumption : LoggedValue;

/// <summary>Something else, such as sound or a plug-in's data.</summary>
/// <param name="Kind">The name of the plug-in or of the kind.</param>
public sealed record LoggedOther(string Kind) : LoggedValue;
