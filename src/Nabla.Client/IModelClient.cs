namespace Nabla.Client;

/// <summary>Asks the models of a server of the Open Inference Protocol, version 2.</summary>
/// <example>
/// <code>
/// using RestModelClient client = new(new Uri("http://127.0.0.1:8000"));
/// ModelAnswer answer = await client.InferAsync("digits", new ModelQuestion { Inputs = { ["input"] = image } });
/// Tensor probabilities = answer["output"];
/// </code>
/// </example>
public interface IModelClient
{
    /// <summary>Whether the server takes requests for all of its models.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task<bool> IsReadyAsync(CancellationToken cancellationToken = default);

    /// <summary>What a model takes and gives.</summary>
    /// <param name="model">Its name.</param>
    /// <param name="version">Which version; null for the one that the server chooses.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ModelServerException">The server refuses; the reason says why.</exception>
    Task<ModelInfo> DescribeAsync(string model, string? version = null, CancellationToken cancellationToken = default);

    /// <summary>Asks a model.</summary>
    /// <param name="model">Its name.</param>
    /// <param name="question">The inputs, and what else is to be said.</param>
    /// <param name="cancellationToken">Ends the wait; the server then drops the request.</param>
    /// <exception cref="ModelServerException">The server refuses; the reason says why.</exception>
    Task<ModelAnswer> InferAsync(string model, ModelQuestion question, CancellationToken cancellationToken = default);
}
