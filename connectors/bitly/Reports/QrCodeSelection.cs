namespace ConnectorPlatform.Connectors.Bitly.Reports;

/// <summary>The QR code that the user chose, or all of the group.</summary>
internal sealed class QrCodeSelection(ReportRun run)
{
    private const int MostPages = 100;

    public async Task<IReadOnlyList<Subject>> FindAsync(CancellationToken cancellationToken)
    {
        if (run.Details.HasQrCode)
        {
            return [Subject.OfQrCode(run.Details.QrCode!.Trim())];
        }

        var group = await run.FindGroupAsync(cancellationToken);
        var codes = await new ListPages<QrCodeListReply, QrCodeBody>(run, group, MostPages, "QR codes after these are missing").ReadAllAsync(cancellationToken);
        Subject[] chosen = [.. codes.DistinctBy(code => code.QrCodeId).Select(code => Subject.OfQrCode(code.QrCodeId) with { Born = code.Created })];
        return chosen.Length > 0
            ? chosen
            : throw new ConnectorException(FailureKind.Details, $"The QR code list of {group.Name} is empty. Choose another Group.");
    }
}
