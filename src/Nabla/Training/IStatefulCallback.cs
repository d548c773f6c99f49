namespace Nabla.Training;

/// <summary>
/// A callback that remembers something which decides the result: checkpoints keep it, so that a stopped run goes on as if it had not stopped.
/// </summary>
public interface IStatefulCallback
{
    /// <summary>What checkpoints call the state; no two callbacks of a run may have the same.</summary>
    string StateName { get; }

    /// <summary>What is remembered, as tensors by name; the names may differ from time to time.</summary>
    IEnumerable<KeyValuePair<string, Tensor>> SaveState();

    /// <summary>Remembers again what <see cref="SaveState"/> gave.</summary>
    void RestoreState(IReadOnlyDictionary<string, Tensor> state);
}
