using System.CommandLine;
using System.Security.Cryptography;
using Nabla.Formats;

namespace Nabla.Cli.Commands;

/// <summary><c>nabla sign MODEL --key FILE</c> and <c>nabla verify MODEL --key FILE</c>.</summary>
internal static class SignCommand
{
    public static Command Create(Terminal terminal)
    {
        Argument<string> model = Model();
        Option<string> key = new("--key") { Description = "A PEM file with a private key of the curve P-256, P-384 or P-521.", HelpName = "FILE", Required = true };
        Command command = new("sign", "Signs all files of a model, so that a change of one shows.") { model, key };
        command.SetAction(result =>
        {
            string path = ModelPath.Find(result.GetValue(model)!);
            using ECDsa privateKey = SigningKeys.ReadPrivate(result.GetValue(key)!);
            ModelSigning.Sign(path, privateKey);
            terminal.Output.WriteLine($"Wrote {ModelSigning.SignaturePath(path)}");
        });
        return command;
    }

    public static Command CreateVerify(Terminal terminal)
    {
        Argument<string> model = Model();
        Option<string[]> keys = new("--key") { Description = "A PEM file with a public key; several may be given, and one must have signed.", HelpName = "FILE", Required = true };
        Command command = new("verify", "Sees that a model is as it was signed.") { model, keys };
        command.SetAction(result => Verify(terminal, ModelPath.Find(result.GetValue(model)!), result.GetValue(keys)!));
        return command;
    }

    private static void Verify(Terminal terminal, string path, string[] files)
    {
        ECDsa[] keys = [.. files.Select(SigningKeys.ReadPublic)];
        try
        {
            ModelSigning.Verify(path, keys);
            terminal.Output.WriteLine($"{path} is as it was signed");
        }
        finally
        {
            Array.ForEach(keys, key => key.Dispose());
        }
    }

    private static Argument<string> Model() => new("MODEL") { Description = "A run folder, a folder with the files of a model, or a model in one file." };
}
